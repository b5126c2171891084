/** Bytes from the kernel: text, or base64 where they are not UTF-8. */
export type WireText = string | { b64: string };

/** Readable text; bytes that are no UTF-8 show as U+FFFD. */
export function readText(text: WireText | null | undefined): string {
  if (text === null || text === undefined) return "";
  if (typeof text === "string") return text;
  try {
    const bytes = Uint8Array.from(atob(text.b64), (letter) => letter.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return "\uFFFD";
  }
}
