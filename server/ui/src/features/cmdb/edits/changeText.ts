import type { Translate } from "../../../i18n";
import type { AttributeWords } from "../attributeWords";

interface Said {
  set?: unknown;
  clear?: boolean;
  add?: readonly string[];
  remove?: readonly string[];
}

/** What is said of one attribute, in words. */
export function changeText(t: Translate, words: AttributeWords, name: string, change: Said): string {
  const label = words.label(name);
  if (change.clear) return t("edits.cleared", { name: label });
  const add = change.add ?? [];
  const remove = change.remove ?? [];
  if (add.length > 0 || remove.length > 0) return `${label}: ${[...add.map((one) => `+${one}`), ...remove.map((one) => `−${one}`)].join(" ")}`;
  return `${label} → ${words.value(name, change.set)}`;
}
