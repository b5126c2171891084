import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "./__generated__/schema";
import { askForPassword, wantsPassword } from "./confirmation";
import { noteAnswer } from "./connection";
import { ApiError } from "./errors";

let csrfToken = "";

/** Remembers the session's CSRF token; it lives in memory only. */
export function setCsrfToken(token: string) {
  csrfToken = token;
}

const csrf: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && csrfToken) request.headers.set("X-CSRF-Token", csrfToken);
    return request;
  },
};

async function tracked(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    noteAnswer(true);
    return response;
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    noteAnswer(false);
    throw ApiError.unreachable();
  }
}

/** Sends a request again once the reader has typed the password that the server asks for. */
async function confirmed(request: Request): Promise<Response> {
  if (request.method === "GET") return tracked(request);
  const again = request.clone();
  const response = await tracked(request);
  return (await wantsPassword(response)) && (await askForPassword()) ? tracked(again) : response;
}

/** The typed client; every call goes through {@link answer}. */
export const api = createClient<paths>({ baseUrl: "/api/v1", fetch: confirmed, credentials: "same-origin" });
api.use(csrf);

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a successful answer.
 *
 * @throws {ApiError} for any refusal and when no answer came.
 */
export async function answer<T>(call: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw await ApiError.of(response, error);
  return data as T;
}

/** The body together with its `ETag`, for resources that are changed with `If-Match`. */
export async function answerWithEtag<T>(call: Promise<Outcome<T>>): Promise<{ body: T; etag: string }> {
  const outcome = await call;
  const body = await answer(Promise.resolve(outcome));
  return { body, etag: outcome.response.headers.get("ETag") ?? "" };
}
