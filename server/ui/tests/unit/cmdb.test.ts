import { describe, expect, it } from "vitest";
import { readValue } from "../../src/features/cmdb/attributes";
import { chartSpecs, draw, finding } from "../../src/features/cmdb/page/charts";
import { deviceTree } from "../../src/features/cmdb/page/deviceTree";
import { groupHistory } from "../../src/features/cmdb/page/groupHistory";
import { NODE, layOut, type Neighbourhood } from "../../src/features/cmdb/page/neighbourhood";
import type { HistoryEntry, Samples } from "../../src/api/types";

const ci = (id: string, name = id) => ({ id, name, class: "host" });

function around(users: number, beyond: number): Neighbourhood {
  const direct = Array.from({ length: users }, (_, at) => ci(`u${at}`, `u${String(at).padStart(2, "0")}`));
  const far = Array.from({ length: beyond }, (_, at) => ci(`b${at}`));
  return {
    root: ci("root"),
    needs: [ci("need")],
    users: direct,
    beyond: far,
    dependences: [
      { from: "root", to: "need", label: "", confidence: 1 },
      ...direct.map((one) => ({ from: one.id, to: "root", label: "", confidence: 1 })),
      ...far.map((one, at) => ({ from: one.id, to: `u${(beyond - at) % Math.max(1, users)}`, label: "", confidence: 1 })),
    ],
  };
}

describe("the picture of a neighbourhood", () => {
  it("stands in columns by distance, arrows pointing at what is relied on", () => {
    const picture = layOut(around(3, 2));
    expect(picture.columns.map((column) => column.kind)).toEqual(["needs", "root", "users", "beyond"]);
    expect(picture.edges).toHaveLength(6);
    for (const edge of picture.edges) {
      const column = (id: string) => picture.nodes.find((node) => node.id === id)?.column ?? -1;
      expect(column(edge.from)).toBeGreaterThan(column(edge.to));
    }
  });

  it("shows at most ten of a column and counts the others", () => {
    const picture = layOut(around(25, 0));
    expect(picture.nodes.filter((node) => node.column === 2)).toHaveLength(10);
    expect(picture.columns[2]?.hidden).toBe(15);
  });

  it("never lets two nodes touch", () => {
    const { nodes, height } = layOut(around(10, 10));
    for (const node of nodes) {
      expect(node.y + NODE.height).toBeLessThanOrEqual(height);
      expect(nodes.filter((other) => other !== node && other.column === node.column && Math.abs(other.y - node.y) < NODE.height)).toEqual([]);
    }
  });

  it("puts a CI that is reached twice in the nearest column only", () => {
    const twice = { ...around(2, 0), beyond: [ci("u0"), ci("root"), ci("far")] };
    const ids = layOut(twice).nodes.map((node) => node.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(layOut(twice).nodes.find((node) => node.id === "u0")?.column).toBe(2);
  });

  it("is the same for the same neighbourhood", () => {
    expect(layOut(around(9, 9))).toEqual(layOut(around(9, 9)));
  });
});

describe("the device tree", () => {
  it("puts what lies on a disk below it", () => {
    const rows = deviceTree([{ name: "dm-0", parents: ["sda1"] }, { name: "sda1", parents: ["sda"] }, { name: "sda" }]);
    expect(rows.map((row) => [row.device.name, row.depth])).toEqual([["sda", 0], ["sda1", 1], ["dm-0", 2]]);
  });

  it("shows a member of two devices below each, with keys that differ", () => {
    const rows = deviceTree([{ name: "sda" }, { name: "sdb" }, { name: "md0", parents: ["sda", "sdb"] }]);
    expect(rows.map((row) => row.key)).toEqual(["sda", "sda/md0", "sdb", "sdb/md0"]);
  });

  it("ends with a report that lies in a circle", () => {
    const rows = deviceTree([{ name: "a", parents: ["b"] }, { name: "b", parents: ["a"] }, { name: "c", parents: ["c"] }]);
    expect(rows.map((row) => row.device.name).sort()).toEqual(["a", "b", "c"]);
  });
});

describe("a typed field", () => {
  it.each([
    ["12", "integer", 12],
    ["1.5", "integer", undefined],
    ["99999999999999999999", "integer", undefined],
    ["1.5", "decimal", 1.5],
    ["abc", "decimal", undefined],
    ["true", "boolean", true],
    ["a, b,,c", "list", ["a", "b", "c"]],
    ["  ", "text", null],
    ["tomorrow", "datetime", undefined],
  ])("reads %s as %s", (text, type, expected) => {
    expect(readValue(text, type)).toEqual(expected);
  });
});

describe("the timeline", () => {
  it("groups by day and moment in the order it came", () => {
    const entry = (id: string, at: string) => ({ id, at }) as HistoryEntry;
    const days = groupHistory([entry("1", "2025-11-22T01:00:00Z"), entry("2", "2025-11-22T01:00:00Z"), entry("3", "2025-11-21T09:00:00Z")], (at) => at.slice(0, 10));
    expect(days.map((day) => day.moments.map((moment) => moment.entries.map((one) => one.id)))).toEqual([[["1", "2"]], [["3"]]]);
  });
});

describe("a chart", () => {
  const samples = (metric: string, points: number[][], dimension: string | null = null) =>
    ({ from: "2025-11-22T00:00:00Z", to: "2025-11-22T00:20:00Z", step_s: 300, series: [{ metric, dimension, unit: "ratio", points }] }) as unknown as Samples;
  const start = Date.parse("2025-11-22T00:00:00Z") / 1000;
  const [cpu] = chartSpecs;
  const full = chartSpecs.find((spec) => spec.ratio);

  it("breaks the line where nothing was measured", () => {
    const drawing = draw(cpu!, [samples("cpu_busy_ratio", [[start, 0, 0.2, 0.3, 0.3], [start + 600, 0, 0.4, 0.5, 0.5]])]);
    expect(drawing.lines[0]?.values).toEqual([0.2, null, 0.4, null, null]);
  });

  it("states mean and peak", () => {
    const drawing = draw(cpu!, [samples("cpu_busy_ratio", [[start, 0, 0.2, 0.3, 0.3], [start + 600, 0, 0.4, 0.5, 0.5]])]);
    const found = finding(drawing);
    expect(found?.mean).toBeCloseTo(0.3);
    expect(found?.peakAt).toBe(start + 600);
  });

  it("divides what is used by the size of the same file system", () => {
    const drawing = draw(full!, [samples("filesystem_used_bytes", [[start, 0, 50, 0, 0]], "/"), samples("filesystem_size_bytes", [[start, 0, 200, 0, 0]], "/")]);
    expect(drawing.lines.map((line) => [line.dimension, line.values[0]])).toEqual([["/", 0.25]]);
  });

  it("is empty when nothing was measured", () => {
    expect(draw(cpu!, [samples("cpu_busy_ratio", [])]).lines).toEqual([]);
    expect(finding({ times: [], lines: [], hidden: 0 })).toBeNull();
  });
});
