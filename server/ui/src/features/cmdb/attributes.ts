import type { ClassAttribute } from "../../api/types";
import { formatBytes, formatNumber } from "../../format/number";
import { formatTime, type TimeStyle } from "../../format/time";
import type { Translate } from "../../i18n";

/** An attribute's value as people read it: units, labels of enumerations, the reader's zone. */
export function showValue(value: unknown, attribute: ClassAttribute | undefined, t: Translate, style: TimeStyle): string {
  if (value === null || value === undefined || value === "") return "—";
  if (Array.isArray(value)) return value.length === 0 ? "—" : value.map((one) => showValue(one, attribute, t, style)).join(", ");
  if (typeof value === "boolean") return t(value ? "ui.yes" : "ui.no");
  if (typeof value === "number") return showNumber(value, attribute, style.locale);
  if (typeof value === "object") return JSON.stringify(value);
  const text = String(value);
  if (attribute?.type === "datetime" && !Number.isNaN(Date.parse(text))) return formatTime(new Date(text), style);
  const known = attribute?.values?.find((one) => one.value === text);
  return known ? known.label[style.locale === "ko" ? "ko" : "en"] : text;
}

function showNumber(value: number, attribute: ClassAttribute | undefined, locale: string): string {
  if (attribute?.type === "bytes" || attribute?.unit === "bytes") return formatBytes(value, locale);
  const number = formatNumber(value, locale, attribute?.type === "decimal" ? 3 : 0);
  return attribute?.unit ? `${number}\u2009${attribute.unit}` : number;
}

/** What a text field's content means for the attribute's type; `undefined` if it is no value of that type. */
export function readValue(text: string, type: string): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  switch (type) {
    case "integer":
    case "bytes":
      return /^-?\d+$/.test(trimmed) && Number.isSafeInteger(Number(trimmed)) ? Number(trimmed) : undefined;
    case "decimal":
      return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
    case "boolean":
      return trimmed === "true" ? true : trimmed === "false" ? false : undefined;
    case "datetime":
      return Number.isNaN(Date.parse(trimmed)) ? undefined : new Date(trimmed).toISOString();
    case "list":
      return trimmed
        .split(/[\n,]/)
        .map((one) => one.trim())
        .filter(Boolean);
    default:
      return trimmed;
  }
}

/** A value as the text of its edit field. */
export function editText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.map(String).join(", ") : String(value);
}
