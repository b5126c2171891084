import { describe, expect, it } from "vitest";
import { both, healthFilter, listSearch, readHealthSearch } from "../../src/features/cmdb/health/filters";
import { ciQuery } from "../../src/features/cmdb/list/filters";

describe("health", () => {
  it("leads to the list of what a number counts, however it is narrowed", () => {
    expect(listSearch({ class: "host", q: "team:a OR team:b" }, "health:owner")).toEqual({ class: ["host"], q: "(team:a OR team:b) health:owner" });
    expect(both(undefined, "health:owner")).toBe("health:owner");
    expect(healthFilter({ view: "silent", organisation: "o" })).toEqual({ organisation: ["o"] });
  });

  it("drops what the address says in unknown words", () => {
    expect(readHealthSearch({ view: "everything", class: "host", all: "yes" })).toEqual({ view: undefined, class: "host", organisation: undefined, q: undefined, all: undefined });
  });

  it("leaves out what is archived as long as nothing narrows the list", () => {
    expect(ciQuery({}).q).toBe("-lifecycle:disposed");
    expect(ciQuery({ sort: "-name", cols: "name" }).q).toBe("-lifecycle:disposed");
    expect(ciQuery({ class: ["host"] }).q).toBeUndefined();
  });
});
