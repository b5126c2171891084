/** One field that the server refused, with the stable code and, where there is one, the limit it broke. */
export interface FieldProblem {
  field: string;
  code: string;
  detail?: string | null;
  limit?: number | null;
}

interface ProblemBody {
  status?: number;
  code?: string;
  title?: string;
  detail?: string | null;
  request_id?: string | null;
  errors?: FieldProblem[] | null;
}

/** A refusal of the server (RFC 9457), or `network` when no answer came at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string | null;
  readonly requestId: string | null;
  readonly fields: readonly FieldProblem[];
  readonly retryAfterS: number | null;

  constructor(status: number, body: ProblemBody, retryAfterS: number | null = null) {
    super(body.title ?? body.code ?? `HTTP ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.code = body.code ?? "internal";
    this.detail = body.detail ?? null;
    this.requestId = body.request_id ?? null;
    this.fields = body.errors ?? [];
    this.retryAfterS = retryAfterS;
  }

  /** No answer came: the network or the server is away. */
  static unreachable(): ApiError {
    return new ApiError(0, { code: "network" });
  }

  /** Reads the refusal from an answer; a proxy's page that is no problem document becomes its status. */
  static async of(response: Response, body: unknown): Promise<ApiError> {
    const retryAfter = Number(response.headers.get("Retry-After"));
    const problem = isProblem(body) ? body : { code: byStatus[response.status] ?? "internal" };
    const requestId = problem.request_id ?? response.headers.get("X-Request-Id");
    return new ApiError(response.status, { ...problem, request_id: requestId }, retryAfter > 0 ? retryAfter : null);
  }

  /** The problem of one field, if the server named it. */
  field(name: string): FieldProblem | undefined {
    return this.fields.find((problem) => problem.field === name);
  }
}

const byStatus: Partial<Record<number, string>> = {
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  413: "payload_too_large",
  429: "too_many_requests",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null && "code" in body;
}
