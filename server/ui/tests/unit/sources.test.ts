import { describe, expect, it } from "vitest";
import { complete, moved } from "../../src/features/sources/order";
import { seconds } from "../../src/features/sources/hours";
import type { Source } from "../../src/api/types";

const source = (name: string) => ({ name, can_be_ordered: name !== "inherited" }) as Source;

describe("an order of sources", () => {
  it("names every source there is, those it did not name last", () => {
    expect(complete(["person", "agent"], ["agent", "import", "inherited", "person"].map(source))).toEqual(["person", "agent", "import"]);
  });

  it("moves an entry by one place and loses none", () => {
    expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    expect(moved(["a"], 7, 1)).toEqual(["a"]);
  });
});

describe("a time after which something is stale", () => {
  it("is written in hours, and nothing means never", () => {
    expect([seconds("24"), seconds("0.5"), seconds(" ")]).toEqual([86_400, 1_800, null]);
  });
});
