import { useSyncExternalStore } from "react";

/** The question whether the reader still knows the password, and what to do with the answer. */
interface Question {
  settle: (confirmed: boolean) => void;
  answered: Promise<boolean>;
}

let question: Question | null = null;
const listeners = new Set<() => void>();

function change(next: Question | null) {
  question = next;
  for (const listener of listeners) listener();
}

/** Asks for the password, once for all requests that wait for it; gives whether it was right. */
export function askForPassword(): Promise<boolean> {
  if (question) return question.answered;
  let settle: (confirmed: boolean) => void = () => {};
  const answered = new Promise<boolean>((resolve) => {
    settle = (confirmed) => {
      change(null);
      resolve(confirmed);
    };
  });
  change({ settle, answered });
  return answered;
}

/** Whether a refusal says that the password has to be typed again. */
export async function wantsPassword(response: Response): Promise<boolean> {
  if (response.status !== 403) return false;
  const body = (await response
    .clone()
    .json()
    .catch(() => null)) as { code?: string } | null;
  return body?.code === "confirmation_required";
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The open question, if requests wait for the password; for the dialog that asks it. */
export function usePasswordQuestion(): Question | null {
  return useSyncExternalStore(subscribe, () => question);
}
