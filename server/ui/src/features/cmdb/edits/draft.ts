import type { Change, Changes } from "../../../api/edits";
import type { ClassBook } from "../../../api/classes";
import type { ClassAttribute } from "../../../api/types";
import { readValue } from "../attributes";

/** What is to become of one attribute: it stays, it becomes something, or nothing is said of it any more. */
export interface Wish {
  action: "keep" | "set" | "clear" | "add" | "remove";
  text: string;
}

/** Wishes by attribute. */
export type Draft = Record<string, Wish>;

export const KEPT: Wish = { action: "keep", text: "" };

/** What every CI has and can be said of many at once. */
export const commonNames = ["owner", "support_team", "criticality", "environment", "lifecycle", "tags"] as const;

const EDITABLE = ["text", "enum", "integer", "decimal", "bytes", "boolean", "datetime", "list"];

/** The attributes that all of these classes have, besides what every CI has. */
export function sharedAttributes(book: ClassBook, classes: readonly string[]): ClassAttribute[] {
  const [first, ...rest] = [...new Set(classes)];
  if (first === undefined) return [];
  const has = (name: string) => rest.every((one) => book.attribute(one, name) !== undefined);
  const editable = (one: ClassAttribute) => !one.hidden && EDITABLE.includes(one.type) && !(commonNames as readonly string[]).includes(one.name);
  return book.attributesOf(first).filter((one) => editable(one) && has(one.name));
}

/** The wishes as the API takes them, and the attributes whose text means nothing to their type. */
export function changesOf(draft: Draft, typeOf: (name: string) => string): { changes: Changes; wrong: string[] } {
  const changes: Changes = {};
  const wrong: string[] = [];
  for (const [name, wish] of Object.entries(draft)) {
    if (wish.action === "keep") continue;
    const change = changeOf(name, wish, typeOf(name));
    if (change) changes[name] = change;
    else wrong.push(name);
  }
  return { changes, wrong };
}

function changeOf(name: string, { action, text }: Wish, type: string): Change | null {
  if (action === "clear") return { clear: true };
  const value = readValue(text, type);
  if (value === undefined || value === null) return null;
  // It is chosen from words and is a number.
  if (action === "set") return { set: name === "criticality" ? Number(value) : value };
  return { [action]: value as string[] };
}
