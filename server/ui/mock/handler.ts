import type { IncomingMessage, ServerResponse } from "node:http";
import { Refusal, type Request } from "./http.ts";
import { routes } from "./routes.ts";

/** Finds the route, runs it, and answers with its value or with its refusal as a problem document. */
export async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = `0197-mock-${Math.random().toString(16).slice(2, 10)}`;
  try {
    const { status, body, headers } = route(await read(request));
    response.writeHead(status, { "Content-Type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : body === null ? undefined : JSON.stringify(body));
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(500, "internal", String(error));
    response.writeHead(refusal.status, { "Content-Type": "application/problem+json", ...refusal.headers });
    response.end(JSON.stringify({ type: `about:blank#${refusal.code}`, title: refusal.message, status: refusal.status, code: refusal.code, request_id: requestId, errors: refusal.errors }));
  }
}

async function read(request: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const url = new URL(request.url ?? "/", "http://localhost");
  return {
    method: request.method ?? "GET",
    path: url.pathname.replace(/^\/api\/v1/, ""),
    query: url.searchParams,
    headers: request.headers,
    // A file that is imported is no JSON of ours.
    body: text && request.headers["content-type"]?.startsWith("application/json") ? (JSON.parse(text) as Record<string, unknown>) : {},
    params: {},
  };
}

function route(request: Request) {
  for (const [pattern, run] of routes) {
    const [method, shape = ""] = pattern.split(" ");
    if (method !== request.method) continue;
    const match = new RegExp(`^${shape.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`).exec(request.path);
    if (!match) continue;
    const answer = run({ ...request, params: { ...match.groups } });
    return { status: 200, headers: {}, ...answer };
  }
  throw new Refusal(404, "not_found", "No such resource");
}
