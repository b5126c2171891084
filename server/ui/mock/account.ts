import * as estate from "./estate.ts";
import { confirmed, signedIn } from "./guard.ts";
import { Refusal, type Answer, type Request } from "./http.ts";
import { seeded } from "./random.ts";

const random = seeded(23);
const CODE = "123456";
const CODES = 10;

/** The second factor of the one account; codes of any authenticator are 123456. */
export const factor: { activated_at: string | null; recovery_codes: number; offered: boolean } = { activated_at: estate.ago(86_400_000), recovery_codes: CODES - 1, offered: false };

const AGENTS = ["Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36", null];
let sessions = AGENTS.map((user_agent, at) => ({ id: random.uuid(), current: at === 0, created_at: estate.ago((at * 30 + 1) * 3_600_000), last_used_at: estate.ago((at * 300 + 1) * 60_000), expires_at: estate.ago(-8 * 3_600_000), address: `192.0.2.${7 + at}`, user_agent }));

/** Whoever signs in as `factor` has a second factor, and is asked for its code. */
export function asksForCode({ body }: Request) {
  if (body["login"] !== "factor") return;
  if (!body["code"]) throw new Refusal(401, "second_factor_required", "Second factor required");
  if (body["code"] !== CODE) throw new Refusal(401, "invalid_second_factor", "Invalid second factor");
}

/** Something of the shape and density of a QR code; nothing can read it. */
function picture(): string {
  const cells = 33;
  const dark = Array.from({ length: cells * cells }, (_, at) => at).filter(() => random.pick([true, false]));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="231" height="231" viewBox="-2 -2 37 37"><rect x="-2" y="-2" width="37" height="37" fill="#fff"/><path d="${dark.map((at) => `M${at % cells} ${Math.floor(at / cells)}h1v1h-1z`).join("")}"/></svg>`;
}

function freshCodes(): Answer {
  factor.recovery_codes = CODES;
  return { body: { recovery_codes: Array.from({ length: CODES }, (_, at) => `MOCK-${1000 + at}-ABCD-EFGH`) } };
}

function begin(): Answer {
  if (factor.activated_at) throw new Refusal(409, "conflict", "There is one");
  factor.offered = true;
  const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
  return { status: 201, body: { secret, uri: `otpauth://totp/Terrier:admin?secret=${secret}&issuer=Terrier`, qr_svg: picture() } };
}

function activate({ body }: Request): Answer {
  if (!factor.offered) throw new Refusal(404, "not_found", "Nothing was offered");
  if (body["code"] !== CODE) throw new Refusal(401, "invalid_second_factor", "Invalid second factor");
  Object.assign(factor, { activated_at: new Date().toISOString(), offered: false });
  return freshCodes();
}

function confirm({ body }: Request): Answer {
  if (body["password"] === "wrong") throw new Refusal(401, "invalid_credentials", "Invalid credentials");
  return { status: 204, body: null, headers: { "Set-Cookie": "mock_confirm=; Path=/; Max-Age=0" } };
}

function endSessions(ended: (session: (typeof sessions)[number]) => boolean): Answer {
  sessions = sessions.filter((one) => one.current || !ended(one));
  return { status: 204, body: null };
}

/** What the account page asks for. */
export const accountRoutes: [string, (request: Request) => Answer][] = [
  ["POST /session/confirm", (r) => (signedIn(r), confirm(r))],
  ["GET /session/all", (r) => (signedIn(r), { body: { items: sessions } })],
  ["DELETE /session/all", (r) => (signedIn(r), endSessions(() => true))],
  ["DELETE /session/all/{id}", (r) => (signedIn(r), endSessions((one) => one.id === r.params["id"]))],
  ["GET /session/second-factor", (r) => (signedIn(r), { body: { activated_at: factor.activated_at, recovery_codes: factor.activated_at ? factor.recovery_codes : 0, required: false } })],
  ["POST /session/second-factor", (r) => (signedIn(r), confirmed(r), begin())],
  ["DELETE /session/second-factor", (r) => (signedIn(r), confirmed(r), Object.assign(factor, { activated_at: null }), { status: 204, body: null })],
  ["POST /session/second-factor/activate", (r) => (signedIn(r), activate(r))],
  ["POST /session/second-factor/recovery-codes", (r) => (signedIn(r), confirmed(r), freshCodes())],
];
