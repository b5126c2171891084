import { beforeEach, describe, expect, it } from "vitest";
import { queryOf } from "../../src/features/cmdb/list/asQuery";
import { complete } from "../../src/ui/QueryField";

describe("the list as one query", () => {
  it("says facets as filters and keeps what is joined by OR together", () => {
    expect(queryOf({ class: ["host", "printer"], environment: ["a b"], q: "web OR db" })).toBe('class:host,printer env:"a b" (web OR db)');
    expect(queryOf({ q: " web " })).toBe("web");
    expect(queryOf({ sort: "name" })).toBe("");
  });
});

describe("a completion", () => {
  const value = { text: "host", label: null, isName: false };
  it("stands in the place of what was typed, counted in characters", () => {
    expect(complete("𝒳 class:ho", { from: 8, to: 10, items: [] }, value)).toEqual({ text: "𝒳 class:host ", cursor: 14 });
    expect(complete("cla web", { from: 0, to: 3, items: [] }, { text: "class:", label: null, isName: true })).toEqual({ text: "class: web", cursor: 6 });
    expect(complete("class:ho web", { from: 6, to: 8, items: [] }, value)).toEqual({ text: "class:host web", cursor: 10 });
  });
});

describe("recent searches", () => {
  const kept = new Map<string, string>();
  beforeEach(() => {
    kept.clear();
    Object.assign(globalThis, { localStorage: { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value), removeItem: (key: string) => kept.delete(key) } });
  });
  it("are the last eight, newest first, each once, and survive what others wrote there", async () => {
    const { recentSearches, rememberSearch } = await import("../../src/api/search");
    for (const q of ["a", "b", "a", " ", "c", "d", "e", "f", "g", "h", "i"]) rememberSearch(q);
    expect(recentSearches()).toEqual(["i", "h", "g", "f", "e", "d", "c", "a"]);
    kept.set("terrier.searches", "{broken");
    expect(recentSearches()).toEqual([]);
  });
});
