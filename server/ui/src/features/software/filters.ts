import { oneOf, text, type RawSearch } from "../../search";

export const ecosystems = ["deb", "rpm", "apk", "alpm", "snap", "flatpak", "pypi", "npm", "gem"] as const;
export const operators = ["eq", "lt", "le", "gt", "ge"] as const;
export type Operator = (typeof operators)[number];

export interface SoftwareSearch {
  q?: string | undefined;
  ecosystem?: (typeof ecosystems)[number] | undefined;
}

export function readSoftwareSearch(raw: RawSearch): SoftwareSearch {
  return { q: text(raw["q"]), ecosystem: oneOf(raw["ecosystem"], ecosystems) };
}

/** Which installations of a product are shown: those whose version compares so. */
export interface ProductSearch {
  q?: string | undefined;
  version?: string | undefined;
  op?: Operator | undefined;
}

export function readProductSearch(raw: RawSearch): ProductSearch {
  return { q: text(raw["q"]), version: text(raw["version"]), op: oneOf(raw["op"], operators) };
}
