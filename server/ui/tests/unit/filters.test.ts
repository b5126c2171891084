import { describe, expect, it } from "vitest";
import { readAuditSearch } from "../../src/features/audit/filters";
import { exportParams } from "../../src/features/cmdb/list/ExportCis";
import { ciQuery, isFiltered, readCiSearch } from "../../src/features/cmdb/list/filters";
import { shownColumns } from "../../src/features/cmdb/list/columns";
import { readTabSearch } from "../../src/features/cmdb/page/tabSearch";
import { safePlace } from "../../src/features/session/SignInPage";
import { parseSearch, stringifySearch, zone } from "../../src/search";

const again = (address: string) => stringifySearch(readCiSearch(parseSearch(address)) as Record<string, unknown>);

describe("the address", () => {
  it.each([
    "?class=host&class=cache&q=%EA%B2%B0%EC%A0%9C+web&lifecycle=in_use&observation=live&observation=silent&environment=production&criticality=1&sort=-last_seen&cols=name%2Cclass%2Cos_name",
    "?class=host&sort=-name&attr.os_id=debian&attr.os_id=ubuntu&attr.backup=true",
    "?q=%22%3E%3Cimg+src%3Dx%3E",
    "",
  ])("%s gives the same list when it is opened again", (address) => {
    expect(again(address)).toBe(address);
  });

  it("drops words nobody knows and keeps the rest", () => {
    expect(readCiSearch(parseSearch("?observation=exploded&observation=live&sort=price&criticality=9&q=a"))).toEqual({ observation: ["live"], q: "a" });
  });

  it.each([["UTC", "UTC"], ["Asia/Seoul", "Asia/Seoul"], ["Nowhere/Land", undefined], ["", undefined], [undefined, undefined]])("takes the zone %s for %s", (named, taken) => {
    expect(zone(named)).toBe(taken);
  });

  it("knows whether it narrows the list", () => {
    expect(isFiltered(readCiSearch(parseSearch("?sort=-name&cols=name")))).toBe(false);
    expect(isFiltered(readCiSearch(parseSearch("?q=a")))).toBe(true);
  });

  it("becomes the query of the list and of the CSV alike", () => {
    const search = readCiSearch(parseSearch("?class=host&criticality=2&q=a%26b"));
    expect(ciQuery(search)).toEqual({ class: ["host"], criticality: [2], q: "a&b", sort: "name" });
    const exported = exportParams(search, ["name", "class"], "ko");
    expect(exported).toEqual({ class: ["host"], criticality: [2], q: "a&b", sort: "name", cols: "id,name,class", lang: "ko" });
  });

  it("puts the name first whatever the columns", () => {
    expect(shownColumns("owner,name,owner", false)).toEqual(["name", "owner"]);
  });

  it("keeps only known views of a CI and real times", () => {
    expect(readTabSearch(parseSearch("?view=listeners&range=99d&kind=software&as_of=yesterday"))).toMatchObject({ view: "listeners", kind: "software", range: undefined, as_of: undefined });
    expect(readAuditSearch(parseSearch("?from=2025-11-22T00:00:00Z&to=x")).to).toBeUndefined();
  });
});

describe("the place after sign-in", () => {
  it.each(["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", undefined])("is the start page for %s", (next) => {
    expect(safePlace(next)).toBe("/");
  });

  it("is where the reader wanted to go", () => {
    expect(safePlace("/cis?q=a")).toBe("/cis?q=a");
  });
});
