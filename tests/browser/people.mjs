// What people do in every test: set up the server, sign in, and have an authenticator.
import { createHmac } from "node:crypto";

const PASSWORD = "a terrier digs things out";
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_S = 30;

/** Makes the first administrator by the set-up link whose page is open. */
export async function setUp(page, t, name) {
  await page.getByLabel(t("user.display_name"), { exact: true }).fill(name);
  await page.getByLabel(t("sign_in.password"), { exact: true }).fill(PASSWORD);
  await page.getByLabel(t("password.again")).fill(PASSWORD);
  await page.getByRole("button", { name: t("setup.submit") }).click();
  await page.waitForURL((url) => url.pathname === "/");
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Types login and password; where there is a second factor, its code is asked for next. */
export async function typePassword(page, t) {
  await page.getByLabel(t("sign_in.login")).fill("admin");
  await page.getByLabel(t("sign_in.password")).fill(PASSWORD);
  await page.getByRole("button", { name: t("sign_in.submit") }).click();
}

/** Waits until the reader is inside. */
export const inside = (page) => page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));

/** The code that an authenticator with this secret shows `ahead` steps from now (RFC 6238: SHA-1, 6 digits, 30 s). */
export function code(secret, ahead = 0) {
  const bits = [...secret.trim()].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP_S) + ahead));
  const mac = createHmac("sha1", key).update(counter).digest();
  const number = mac.readUInt32BE(mac[mac.length - 1] & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}
