import { useSyncExternalStore } from "react";

/** Whether the server answers, and when it last did. */
export interface Connection {
  reachable: boolean;
  lastAnswer: number;
}

let state: Connection = { reachable: true, lastAnswer: Date.now() };
const listeners = new Set<() => void>();

function change(next: Connection) {
  const turned = next.reachable !== state.reachable;
  state = turned ? next : Object.assign(state, { lastAnswer: next.lastAnswer });
  if (turned) for (const listener of listeners) listener();
}

/** Called after each request: the banner appears when the server stops answering and goes when it is back. */
export function noteAnswer(reachable: boolean) {
  change({ reachable, lastAnswer: reachable ? Date.now() : state.lastAnswer });
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, () => state);
}
