import { setupI18n } from "@lingui/core";
import { describe, expect, it, vi } from "vitest";
import { bookOf } from "../../src/api/classes";
import type { Explanation, Merge, Proposal } from "../../src/api/identity";
import { mergeOf } from "../../src/api/identity";
import type { Ci, CiClass } from "../../src/api/types";
import { readDuplicatesSearch } from "../../src/features/cmdb/duplicates/filters";
import { neighbour } from "../../src/features/cmdb/duplicates/Questions";
import { mergeOfQuestion } from "../../src/features/cmdb/duplicates/takeBack";
import { mergeVerdict } from "../../src/features/cmdb/merge/allowed";
import { compareCis, findingOf } from "../../src/features/cmdb/merge/compare";
import { linesOf, rejected, rungOf } from "../../src/features/identification/ladder";
import { readReport } from "../../src/features/identification/report";
import { byClass, moved, ruleSentence } from "../../src/features/identification/sentence";
import { activate, hasMessage, withMessages, type Translate } from "../../src/i18n";
import en from "../../src/i18n/en/identification.msg.json";
import ko from "../../src/i18n/ko/identification.msg.json";
import { resolveParticles } from "../../src/i18n/josa";

/** The translator of a language, outside of a page. */
function translator(locale: "en" | "ko"): Translate {
  const i18n = setupI18n();
  i18n.loadAndActivate({ locale, messages: (locale === "en" ? en : ko) as never });
  return (key, values) => (locale === "ko" ? resolveParticles(i18n._(key, values)) : i18n._(key, values));
}

// Messages are loaded into the one translator there is; it tells the document its language.
vi.stubGlobal("document", { documentElement: {} });

describe("messages that come with their pages", () => {
  it("are there once the page is, and follow the language", async () => {
    await activate("en");
    expect(hasMessage("pair.agrees")).toBe(false);
    expect(await withMessages("identification", async () => "page")).toBe("page");
    expect(hasMessage("pair.agrees")).toBe(true);
    await activate("ko");
    expect(hasMessage("pair.agrees")).toBe(true);
    expect(hasMessage("nav.duplicates")).toBe(true);
  });

  it("are asked for again when the page could not be loaded", async () => {
    await expect(withMessages("identification", () => Promise.reject(new Error("offline")))).rejects.toThrow("offline");
    expect(await withMessages("identification", async () => "page")).toBe("page");
  });
});

const ci = (part: Partial<Ci>): Ci => ({ id: "1", class: "host", name: "a", organisation: { id: "o", name: "한빛" }, attributes: {}, lifecycle: "in_use", allowed_actions: [], ...part }) as unknown as Ci;
const book = bookOf([{ name: "host", parent: null, label: { en: "Host", ko: "호스트" }, attributes: [{ name: "serial", label: { en: "Serial", ko: "일련번호" }, type: "text" }] } as unknown as CiClass], "en", true);

describe("a comparison of two items", () => {
  it.each([
    [undefined, null, null],
    [[], "", null],
    ["a", null, "one_sided"],
    ["a", "a", "agrees"],
    ["a", "b", "differs"],
    [["x", "y"], ["y", "x"], "agrees"],
    [["x"], ["x", "y"], "differs"],
    [0, 0, "agrees"],
    [false, null, "one_sided"],
  ])("finds of %j and %j: %s", (left, right, expected) => {
    expect(findingOf(left, right)).toBe(expected);
  });

  it("shows what differs first and what agrees last, whatever the model knows of it", () => {
    const lines = compareCis(ci({ name: "a", attributes: { serial: "S1", of_a_newer_agent: 1 } }), ci({ name: "b", attributes: { serial: "S1" } }), book);
    expect(lines.map((line) => [line.key, line.finding])).toEqual([["name", "differs"], ["of_a_newer_agent", "one_sided"], ["class", "agrees"], ["lifecycle", "agrees"], ["organisation", "agrees"], ["serial", "agrees"]]);
    expect(lines.at(-1)?.attribute?.name).toBe("serial");
  });

  it("may be made where the server lets the item be changed or names the action itself", () => {
    const actions = (...allowed_actions: Ci["allowed_actions"]) => mergeVerdict(ci({ allowed_actions }));
    expect(actions({ action: "edit", allowed: false, reason: "needs_permission" })).toMatchObject({ allowed: false, reason: "needs_permission" });
    expect(actions({ action: "edit", allowed: false, reason: "retired" }).allowed).toBe(true);
    expect(actions({ action: "edit", allowed: true }, { action: "merge", allowed: false, reason: "retired" })).toMatchObject({ allowed: false, reason: "retired" });
    expect(actions().offered).toBe(false);
  });
});

describe("the questions", () => {
  it("are stepped through by keys, from the first where none is looked at", () => {
    const rows = [{ id: "a" }, { id: "b" }];
    expect([neighbour(rows, undefined, 1), neighbour(rows, "a", 1), neighbour(rows, "b", 1), neighbour(rows, "a", -1)]).toEqual([0, 1, 2, -1]);
  });

  it("keep view and question in the address and forget what is no view", () => {
    expect(readDuplicatesSearch({ view: "same", id: "7" })).toEqual({ view: "same", id: "7" });
    expect(readDuplicatesSearch({ view: "open", id: "" })).toEqual({ view: undefined, id: undefined });
  });

  it("are taken back by the merge of the two that still holds, and by no other", () => {
    const merge = (id: string, merged: string, survivor: string, undone_at: string | null = null) => ({ id, merged: { id: merged }, survivor: { id: survivor }, undone_at }) as unknown as Merge;
    const question = { older: { id: "o" }, newer: { id: "n" } } as Proposal;
    expect(mergeOfQuestion([merge("1", "x", "o"), merge("2", "n", "o", "2026"), merge("3", "n", "o")], question)?.id).toBe("3");
    expect(mergeOfQuestion([merge("1", "o", "n")], question)?.id).toBe("1");
    expect(mergeOfQuestion([merge("1", "n", "x"), merge("2", "o", "x")], question)).toBeUndefined();
    expect(mergeOf([merge("1", "n", "o", "2026")], "n")).toBeUndefined();
  });
});

describe("a rule as a sentence", () => {
  const rule = { needs: ["machine_id", "any_mac"], vetoes: ["retired", "other_serial"], outcome: "match" };
  it("says what must agree, what speaks against it, and what follows, in both languages", () => {
    expect(ruleSentence(translator("en"), "en", rule)).toBe("If both carry the same machine id and at least one hardware address in common, they are one item, unless the item is retired or disposed of or their serial numbers differ.");
    expect(ruleSentence(translator("ko"), "ko", { ...rule, outcome: "propose" })).toBe("머신 ID 및 하나 이상의 하드웨어 주소가 일치하면 같은 항목인지 사람에게 묻습니다. 단, 퇴역하거나 처분된 항목 또는 일련번호가 다른 항목은 제외합니다.");
  });

  it("leaves out what is not there, and shows a word of a newer server as it is", () => {
    expect(ruleSentence(translator("en"), "en", { needs: ["asset_tag"], vetoes: [], outcome: "match" })).toBe("If both carry asset_tag, they are one item.");
    expect(ruleSentence(translator("en"), "en", { ...rule, needs: [] })).toBe("A rule has to name what must agree.");
  });

  it("moves by one place and never out of the order", () => {
    expect(moved(["a", "b", "c"], 1, -1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], 1, 1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
    expect(moved(["a", "b"], 1, 1)).toEqual(["a", "b"]);
  });

  it("stands with the others of its class, in the order in which they came", () => {
    const rules = [{ class: "host", at: 1 }, { class: "printer", at: 1 }, { class: "host", at: 2 }];
    expect(byClass(rules).map(([name, own]) => [name, own.map((one) => one.at)])).toEqual([["host", [1, 2]], ["printer", [1]]]);
  });
});

describe("a pasted report", () => {
  it.each([
    ["  ", "empty"],
    ["{", "no_json"],
    ["[]", "no_sections"],
    ['{"identity":{}}', "no_sections"],
    ['{"sections":[]}', "no_sections"],
    ['{"sections":{"software":{}},"faults":{"identity":{}}}', "not_telling"],
  ])("%s is refused: %s", (text, problem) => {
    expect(readReport(text)).toEqual({ problem });
  });

  it("is sent without what does not tell whose it is", () => {
    const sections = { identity: { hostname: "a" }, software: { packages: ["many"] }, cloud: {} };
    expect(readReport(`${JSON.stringify({ agent_version: "0.1.0", sections })}\n`)).toEqual({ sections: { identity: { hostname: "a" }, cloud: {} } });
  });
});

describe("the ladder of rules", () => {
  const candidate = (id: string) => ({ id, name: id, class: "host" });
  const step = (id: string | null, finding: string, veto: string | null = null) => ({ candidate: id ? candidate(id) : null, finding, veto, detail: finding });
  const rule = (...steps: ReturnType<typeof step>[]) => ({ rule: { en: "r", ko: "규칙" }, needs: ["serial"], outcome: "match", asked: steps.length > 0, steps });

  it("tells a rule that decides from one that was asked and one that was not", () => {
    expect([rule(step("a", "decides")), rule(step("a", "waits")), rule(step("a", "no_match")), rule()].map(rungOf)).toEqual(["decides", "waits", "asked", "not_asked"]);
  });

  it("puts candidates of the same finding into one line", () => {
    expect(linesOf([step("a", "no_match"), step("b", "vetoed", "retired"), step("c", "no_match")]).map((line) => [line.key, line.candidates.map((one) => one.id)])).toEqual([["no_match ", ["a", "c"]], ["vetoed retired", ["b"]]]);
    expect(linesOf([step(null, "no_evidence")])[0]?.candidates).toEqual([]);
  });

  it("says of each rejected item what weighed most against it", () => {
    const explanation = { ci: candidate("a"), trace: [rule(step("b", "no_match"), step("c", "no_match")), rule(step("b", "vetoed", "live"), step("a", "decides"))] } as unknown as Explanation;
    expect(rejected(explanation).map((one) => [one.candidate.id, one.step.finding])).toEqual([["b", "vetoed"], ["c", "no_match"]]);
  });
});
