import { codeText, hasMessage, type Translate } from "../../../i18n";

interface Said {
  set?: unknown;
  clear?: boolean;
  add?: readonly string[];
  remove?: readonly string[];
}

/** What is said of one attribute, in words. */
export function changeText(t: Translate, name: string, change: Said): string {
  const label = attributeLabel(t, name);
  if (change.clear) return t("edits.cleared", { name: label });
  const add = change.add ?? [];
  const remove = change.remove ?? [];
  if (add.length > 0 || remove.length > 0) return `${label}: ${[...add.map((one) => `+${one}`), ...remove.map((one) => `−${one}`)].join(" ")}`;
  return `${label} → ${valueText(t, name, change.set)}`;
}

/** The name of what every CI has; other attributes keep the name of the API, which stands in their class. */
export function attributeLabel(t: Translate, name: string): string {
  const key = name === "tags" ? "edits.tags" : `ci.${name}`;
  return hasMessage(key) ? t(key) : name;
}

/** A value as people read it. */
export function valueText(t: Translate, name: string, value: unknown): string {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return "—";
  if (Array.isArray(value)) return value.map(String).join(", ");
  if (typeof value === "boolean") return t(value ? "ui.yes" : "ui.no");
  return ["lifecycle", "environment", "criticality"].includes(name) ? codeText(t, name, String(value)) : String(value);
}
