import { Refusal, type Request } from "./http.ts";

export const CSRF = "mock-csrf-token";
const permissions = ["ci.read", "ci.write", "software.read", "agent.read", "agent.manage", "enrolment.manage", "user.manage", "token.manage_own", "audit.read", "organisation.read", "organisation.manage", "register.configure"];

/** Signing in as `viewer` shows what a reader without rights sees. */
export function permissionsOf(request: Request): string[] {
  return /terrier_mock=viewer/.test(request.headers.cookie ?? "") ? ["ci.read", "software.read", "token.manage_own"] : permissions;
}

export function signedIn(request: Request) {
  if (!/terrier_mock=/.test(request.headers.cookie ?? "")) throw new Refusal(401, "unauthenticated", "Not signed in");
  if (request.method !== "GET" && request.headers["x-csrf-token"] !== CSRF) throw new Refusal(403, "csrf_token_missing", "CSRF token missing");
}

export function needs(request: Request, permission: string) {
  signedIn(request);
  if (!permissionsOf(request).includes(permission)) throw new Refusal(403, "forbidden", "Forbidden");
}

/** Wants the password again while the cookie `mock_confirm=1` says that it was typed too long ago. */
export function confirmed(request: Request) {
  if (/mock_confirm=1/.test(request.headers.cookie ?? "")) throw new Refusal(403, "confirmation_required", "Confirmation required");
}
