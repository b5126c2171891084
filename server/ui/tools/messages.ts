import { compileMessage } from "@lingui/message-utils/compileMessage";
import type { Plugin } from "vite";

/** Replaces the ICU texts of `*.msg.json` by their compiled form, so that no message parser is shipped. */
export function messages(): Plugin {
  return {
    name: "terrier:messages",
    enforce: "pre",
    transform(source, id) {
      if (!id.endsWith(".msg.json")) return null;
      const texts = JSON.parse(source) as Record<string, string>;
      const compiled = Object.entries(texts).map(([key, text]) => [key, compileMessage(text)]);
      return { code: JSON.stringify(Object.fromEntries(compiled)), map: null };
    },
  };
}
