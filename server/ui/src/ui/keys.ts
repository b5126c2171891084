import { useEffect, useRef } from "react";

const STORED = "terrier.keys";

/** Whether single-letter keys do something; people who speak to their computer turn them off (WCAG 2.1.4). */
export function lettersEnabled(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

export function enableLetters(on: boolean) {
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** Whether a key press belongs to something being typed or to an open layer rather than to the page. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.isComposing || event.keyCode === 229) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("[role=dialog],[role=menu],[role=listbox]")) return true;
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type !== "checkbox" && target.type !== "radio");
}

/** Calls `handlers[key]` for plain keys pressed on the page itself. One that gives `false` leaves the key to others. */
export function useKeys(handlers: Record<string, (event: KeyboardEvent) => unknown>) {
  const current = useRef(handlers);
  useEffect(() => {
    current.current = handlers;
  });
  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (!lettersEnabled() || isTyping(event)) return;
      const handler = current.current[event.key];
      if (!handler) return;
      if (handler(event) !== false) event.preventDefault();
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
