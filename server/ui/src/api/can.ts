import type { Session } from "./types";

/** The permissions the server knows by these names. */
export type Permission =
  | "ci.read"
  | "ci.write"
  | "software.read"
  | "agent.read"
  | "agent.manage"
  | "enrolment.manage"
  | "user.manage"
  | "token.manage_own"
  | "audit.read"
  | "organisation.read"
  | "organisation.manage"
  | "register.configure";

/** Whether the session holds a permission; decides what the navigation shows, never what is allowed. */
export function can(session: Session, permission: Permission): boolean {
  return session.permissions.some((held) => held === permission);
}

/** The server's verdict on one action. */
export interface Verdict {
  /** Whether the server offers the action on this record at all. */
  offered: boolean;
  allowed: boolean;
  /** Stable code of the reason why not. */
  reason: string | null;
}

interface WithActions {
  allowed_actions: readonly { action: string; allowed: boolean; reason?: string | null }[];
}

/** What the server says about `action` on a record; an action it does not name is not offered. */
export function verdict(record: WithActions, action: string): Verdict {
  const found = record.allowed_actions.find((entry) => entry.action === action);
  return { offered: found !== undefined, allowed: found?.allowed ?? false, reason: found?.reason ?? null };
}
