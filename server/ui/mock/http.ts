import type { IncomingHttpHeaders } from "node:http";

export interface Request {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
  params: Record<string, string>;
}

export interface Answer {
  status?: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** A refusal with its stable code. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    title = code,
    readonly errors: { field: string; code: string; limit?: number; detail?: string }[] = [],
    readonly headers: Record<string, string> = {},
  ) {
    super(title);
  }
}

/** A keyset page; the cursor is the offset, as nobody may look into it anyway. */
export function page<T>(items: readonly T[], query: URLSearchParams, total = true): { items: T[]; next_cursor: string | null; total?: number } {
  const limit = Math.min(200, Number(query.get("limit") ?? 50));
  const from = Number(query.get("cursor") ?? 0);
  const to = from + limit;
  return { items: items.slice(from, to), next_cursor: to < items.length ? String(to) : null, ...(total ? { total: items.length } : {}) };
}
