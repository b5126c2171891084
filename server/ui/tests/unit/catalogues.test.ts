import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../src");
const folder = (language: string) => join(root, "i18n", language);

function catalogue(language: string): Map<string, string> {
  const files = readdirSync(folder(language)).filter((name) => name.endsWith(".msg.json"));
  return new Map(files.flatMap((name) => Object.entries(JSON.parse(readFileSync(join(folder(language), name), "utf8")) as Record<string, string>)));
}

/** The names of the values that a message takes, at any depth. */
function variables(text: string): string[] {
  const names = new Set<string>();
  function walk(part: unknown) {
    if (!Array.isArray(part)) return;
    const [name, kind, choices] = part as [unknown, unknown, unknown];
    const isValue = typeof name === "string" && (part.length === 1 || (typeof kind === "string" && part.length <= 3));
    if (isValue && name !== "#") names.add(name);
    if (choices && typeof choices === "object") for (const choice of Object.values(choices)) if (Array.isArray(choice)) choice.forEach(walk);
  }
  (compileMessage(text) as unknown[]).forEach(walk);
  return [...names].sort();
}

const en = catalogue("en");
const ko = catalogue("ko");

describe("the catalogues", () => {
  it("have the same messages in both languages", () => {
    expect([...ko.keys()].sort()).toEqual([...en.keys()].sort());
  });

  it("take the same values in both languages", () => {
    const differing = [...en.keys()].filter((key) => variables(ko.get(key) ?? "").join() !== variables(en.get(key) ?? "").join());
    expect(differing).toEqual([]);
    expect(variables(en.get("hardware.topology_value") ?? "")).toEqual(["cores", "sockets", "threads"]);
  });

  it("leave no message empty", () => {
    const empty = [...en, ...ko].filter(([, text]) => text.trim() === "");
    expect(empty).toEqual([]);
  });

  it("never write both forms of a particle", () => {
    const clumsy = [...ko.values()].filter((text) => /이\(가\)|을\(를\)|은\(는\)|와\(과\)|\(으\)로/.test(text));
    expect(clumsy).toEqual([]);
  });

  it("have every message that the pages ask for by its full key", () => {
    const asked = sources(root).flatMap((path) => [...readFileSync(path, "utf8").matchAll(/\bt\(\s*"([a-z0-9_.]+)"/g)].map((match) => match[1] ?? ""));
    expect(asked.length).toBeGreaterThan(300);
    expect(asked.filter((key) => !en.has(key))).toEqual([]);
  });
});

function sources(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const full = join(path, entry.name);
    return entry.isDirectory() ? sources(full) : /\.tsx?$/.test(entry.name) ? [full] : [];
  });
}
