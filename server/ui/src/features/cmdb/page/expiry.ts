import type { Certificate } from "../../../api/sections";
import type { Translate } from "../../../i18n";
import type { Mark, Tone } from "../../../ui/Badge";

const DAY_S = 86_400;
/** Within so many days a certificate is to be renewed, and is to be renewed at once. */
export const SOON_DAYS = 30;
const URGENT_DAYS = 7;

export type ExpiryState = "expired" | "urgent" | "soon" | "valid" | "not_yet" | "unknown";

export interface Expiry {
  state: ExpiryState;
  /** Whole days until it ends, or since it ended, or until it begins. */
  days: number;
}

/** How long a certificate still holds. */
export function expiryOf(certificate: Pick<Certificate, "not_before_s" | "not_after_s">, now: Date): Expiry {
  const { not_before_s: from, not_after_s: until } = certificate;
  const now_s = now.getTime() / 1000;
  if (until === undefined) return { state: "unknown", days: 0 };
  if (until < now_s) return { state: "expired", days: Math.floor((now_s - until) / DAY_S) };
  if (from !== undefined && from > now_s) return { state: "not_yet", days: Math.ceil((from - now_s) / DAY_S) };
  const days = Math.floor((until - now_s) / DAY_S);
  return { state: days < URGENT_DAYS ? "urgent" : days < SOON_DAYS ? "soon" : "valid", days };
}

/** Whether somebody has to do something about it. */
export const isExpiring = ({ state }: Expiry) => state === "expired" || state === "urgent" || state === "soon";

export function expiryWords({ state, days }: Expiry, t: Translate): string {
  if (state === "unknown") return t("ui.unknown");
  if (state === "expired") return days === 0 ? t("expiry.expired_today") : t("expiry.expired", { days });
  if (state === "not_yet") return t("expiry.not_yet", { days });
  return days === 0 ? t("expiry.today") : t("expiry.left", { days });
}

export const EXPIRY_LOOK: Record<ExpiryState, [Tone, Mark]> = {
  expired: ["critical", "cross"],
  urgent: ["critical", "half"],
  soon: ["warning", "half"],
  valid: ["ok", "round"],
  not_yet: ["warning", "ring"],
  unknown: ["neutral", "ring"],
};
