import { describe, expect, it } from "vitest";
import { bookOf } from "../../src/api/classes";
import { classes } from "../../mock/classes";
import { lastTag } from "../../src/features/cmdb/TagInput";
import { tagsOf } from "../../src/features/cmdb/Tags";
import { changesOf, sharedAttributes } from "../../src/features/cmdb/edits/draft";
import { readEditSearch } from "../../src/features/cmdb/edits/filters";
import { chosen } from "../../src/ui/rowSelection";

describe("choosing rows", () => {
  const keys = ["a", "b", "c", "d"];
  it("takes one and lets it go again", () => {
    const one = chosen(new Set(), keys, null, 1);
    expect([...one]).toEqual(["b"]);
    expect([...chosen(one, keys, null, 1)]).toEqual([]);
  });
  it("takes all between two, in either direction, and keeps the others", () => {
    expect([...chosen(new Set(["a"]), keys, "d", 2)].sort()).toEqual(["a", "c", "d"]);
    expect([...chosen(new Set(), keys, "b", 3)]).toEqual(["b", "c", "d"]);
  });
  it("takes one where the row before is gone", () => {
    expect([...chosen(new Set(), keys, "gone", 0)]).toEqual(["a"]);
  });
});

describe("an edit", () => {
  it("says what is asked for and nothing else", () => {
    const types: Record<string, string> = { criticality: "enum", tags: "list", rack_unit: "integer" };
    const draft = {
      owner: { action: "keep", text: "kim" },
      support_team: { action: "clear", text: "left over" },
      tags: { action: "add", text: "web,  PCI ," },
      rack_unit: { action: "set", text: "12" },
      criticality: { action: "set", text: "2" },
    } as const;
    const { changes, wrong } = changesOf(draft, (name) => types[name] ?? "text");
    expect(changes).toEqual({ support_team: { clear: true }, tags: { add: ["web", "PCI"] }, rack_unit: { set: 12 }, criticality: { set: 2 } });
    expect(wrong).toEqual([]);
  });
  it("names what means nothing", () => {
    const { changes, wrong } = changesOf({ rack_unit: { action: "set", text: "many" }, owner: { action: "set", text: " " } }, (name) => (name === "rack_unit" ? "integer" : "text"));
    expect([changes, wrong]).toEqual([{}, ["rack_unit", "owner"]]);
  });
  it("offers what all of the classes have", () => {
    const book = bookOf(classes, "en", true);
    const names = (of: string[]) => sharedAttributes(book, of).map((one) => one.name);
    expect(names(["physical_server", "virtual_machine"])).toContain("rack_unit");
    expect(names(["physical_server", "web_server"])).toEqual([]);
    expect(names(["physical_server"])).not.toContain("tags");
    expect(names([])).toEqual([]);
  });
  it("reads which items are shown from the address", () => {
    expect(readEditSearch({ outcome: "kept" })).toEqual({ outcome: "kept" });
    expect(readEditSearch({ outcome: "lost" }).outcome).toBeUndefined();
  });
});

describe("tags", () => {
  it("are completed one by one", () => {
    expect(lastTag("web, pc")).toEqual({ before: "web, ", last: "pc" });
    expect(lastTag("we")).toEqual({ before: "", last: "we" });
    expect(lastTag("web,")).toEqual({ before: "web, ", last: "" });
  });
  it("are texts", () => {
    expect(tagsOf(["a", 1, null])).toEqual(["a"]);
    expect(tagsOf("a")).toEqual([]);
  });
});
