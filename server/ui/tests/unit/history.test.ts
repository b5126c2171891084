import { describe, expect, it } from "vitest";
import { filterOf, filterText, searchOf } from "../../src/features/cmdb/history/filterOf";
import { rangeStart } from "../../src/features/cmdb/history/ranges";
import { readChangesSearch } from "../../src/features/cmdb/history/search";
import { asOfPlace, marks, nearest, placeAfter, placeOf, timelineOf } from "../../src/features/cmdb/history/timeline";
import { parseSearch } from "../../src/search";

const moments = ["2026-03-01T00:00:00.000001Z", "2026-03-02T00:00:00Z", "2026-03-04T00:00:00Z"];
const now = new Date("2026-03-05T00:00:00Z");
const timeline = timelineOf(moments, now);

describe("the timeline of a CI", () => {
  it("stands at the last moment before the time that is shown, and behind the last for now", () => {
    expect([undefined, moments[0], "2026-03-03T12:00:00Z", "2026-02-01T00:00:00Z"].map((asOf) => placeOf(timeline, asOf))).toEqual([3, 0, 1, -1]);
    expect([0, 2, 3].map((place) => asOfPlace(timeline, place))).toEqual([moments[0], moments[2], undefined]);
  });

  it("is moved by keys from change to change and ends at now", () => {
    expect(["ArrowLeft", "ArrowRight", "Home", "End", "PageDown", "x"].map((key) => placeAfter(key, 2, 3))).toEqual([1, 3, 0, 3, 0, null]);
    expect(placeAfter("ArrowRight", 3, 3)).toBe(3);
  });

  it("snaps to what is nearest", () => {
    expect(["2026-03-01T01:00:00Z", "2026-03-02T20:00:00Z", "2026-03-04T20:00:00Z"].map((at) => nearest(timeline, Date.parse(at)))).toEqual([0, 1, 3]);
  });

  it("marks each place once", () => {
    expect(marks(timelineOf([...moments, "2026-03-04T00:00:01Z"], now))).toBe("M0 0V8M250 0V8M750 0V8");
  });
});

describe("quick ranges", () => {
  it("reach back from now, and to Friday evening in the reader's zone", () => {
    const monday = new Date("2026-03-09T01:00:00Z");
    expect(rangeStart("day", monday, "UTC")).toBe("2026-03-08T01:00:00.000Z");
    expect(rangeStart("friday", monday, "Asia/Seoul")).toBe("2026-03-06T09:00:00.000Z");
    // On Friday afternoon the last Friday evening is a week ago.
    expect(rangeStart("friday", new Date("2026-03-06T05:00:00Z"), "Asia/Seoul")).toBe("2026-02-27T09:00:00.000Z");
  });
});

describe("a baseline's filter", () => {
  it("is the list's, there and back", () => {
    const search = { q: "web", class: ["host"], environment: ["production", "test"], "attr.os_id": ["debian"] };
    expect(filterOf({ ...search, sort: "-name", cols: "name" })).toEqual({ q: "web", class: ["host"], environment: ["production", "test"], attributes: { os_id: ["debian"] } });
    expect(searchOf(filterOf(search))).toEqual(search);
    expect(filterText(filterOf(search))).toBe("class:host env:production,test web os_id:debian");
  });
});

describe("the address of what changed", () => {
  it("drops what it does not know", () => {
    expect(readChangesSearch(parseSearch("?class=host&change=blue&from=yesterday&to=2026-03-01T00:00:00Z&sort=name&topic=software"))).toMatchObject({ class: ["host"], topic: "software", to: "2026-03-01T00:00:00Z" });
    expect(readChangesSearch(parseSearch("?change=left")).change).toBe("left");
  });
});
