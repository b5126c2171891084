import { describe, expect, it } from "vitest";
import { fitting, namesAnother, withMeaning, withNaming } from "../../src/features/imports/table";

describe("a mapping", () => {
  const mapping = { columns: [{ column: "A", to: ["name"] }] };

  it("gives a column another meaning, and how it names others where it does", () => {
    expect(withMeaning(mapping, "A", "owner").columns).toEqual([{ column: "A", to: ["owner"], by: null }]);
    const related = withMeaning(mapping, "Rack", "relation:located_in");
    expect(related.columns[1]).toEqual({ column: "Rack", to: ["relation:located_in"], by: "name" });
    expect(withNaming(related, "Rack", "key").columns[1]?.by).toBe("key");
  });

  it("leaves a column out that means nothing, and what a table does not have", () => {
    expect(withMeaning(mapping, "A", "").columns).toEqual([]);
    expect(fitting({ columns: [...mapping.columns, { column: "B", to: ["owner"] }] }, ["B"]).columns).toEqual([{ column: "B", to: ["owner"] }]);
  });

  it("knows which meanings are other items", () => {
    expect(["relation:uses", "relation_from:uses", "relation_source", "relation_target"].every(namesAnother)).toBe(true);
    expect(["name", "key", "relation_type"].some(namesAnother)).toBe(false);
  });
});
