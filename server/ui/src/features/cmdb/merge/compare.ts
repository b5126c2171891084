import { commonAttributes, type ClassBook } from "../../../api/classes";
import type { Ci, ClassAttribute } from "../../../api/types";

export type Finding = "agrees" | "differs" | "one_sided";

/** One line of a comparison: what both sides say of the same thing. */
export interface ComparedLine {
  key: string;
  /** Known to the class model, if it is an attribute. */
  attribute: ClassAttribute | undefined;
  finding: Finding;
  left: unknown;
  right: unknown;
}

const ORDER: readonly Finding[] = ["differs", "one_sided", "agrees"];

const isAbsent = (value: unknown) => value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

/** What comparing two values finds; nothing where neither is there. Lists agree whatever their order. */
export function findingOf(left: unknown, right: unknown): Finding | null {
  if (isAbsent(left) && isAbsent(right)) return null;
  if (isAbsent(left) || isAbsent(right)) return "one_sided";
  const told = (value: unknown) => JSON.stringify(Array.isArray(value) ? value.map((one) => JSON.stringify(one)).sort() : value);
  return told(left) === told(right) ? "agrees" : "differs";
}

/** Two CIs line by line: what differs first, then what only one has, then what agrees. */
export function compareCis(left: Ci, right: Ci, book: ClassBook): ComparedLine[] {
  const line = (key: string, [one, other]: readonly [unknown, unknown], attribute?: ClassAttribute): ComparedLine[] => {
    const finding = findingOf(one, other);
    return finding ? [{ key, attribute, finding, left: one, right: other }] : [];
  };
  const fields = ["name", "class", "lifecycle", ...commonAttributes.filter((name) => name !== "name" && name !== "lifecycle")];
  const names = new Set([...book.attributesOf(left.class), ...book.attributesOf(right.class)].map((one) => one.name));
  for (const name of [...Object.keys(left.attributes), ...Object.keys(right.attributes)]) names.add(name);
  const said = (ci: Ci, name: string): unknown => (ci as unknown as Record<string, unknown>)[name];
  const lines = [
    ...fields.flatMap((name) => line(name, [said(left, name), said(right, name)])),
    ...line("organisation", [left.organisation.name, right.organisation.name]),
    ...[...names].filter((name) => !fields.includes(name)).flatMap((name) => line(name, [left.attributes[name], right.attributes[name]], book.attribute(left.class, name) ?? book.attribute(right.class, name))),
  ];
  return lines.sort((one, other) => ORDER.indexOf(one.finding) - ORDER.indexOf(other.finding));
}
