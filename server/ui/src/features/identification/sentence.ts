import { codeText, type Locale, type Translate } from "../../i18n";

interface Ruled {
  needs: readonly string[];
  vetoes: readonly string[];
  outcome: string;
}

/** What a rule says, as one sentence in the reader's language. */
export function ruleSentence(t: Translate, locale: Locale, { needs, vetoes, outcome }: Ruled): string {
  if (needs.length === 0) return t("identification.sentence_nothing");
  const list = (type: "conjunction" | "disjunction", prefix: string, words: readonly string[]) => new Intl.ListFormat(locale, { type }).format(words.map((word) => codeText(t, prefix, word)));
  const unless = vetoes.length > 0 ? t("identification.sentence_unless", { vetoes: list("disjunction", "veto_phrase", vetoes) }) : "";
  return t(outcome === "propose" ? "identification.sentence_propose" : "identification.sentence_match", { needs: list("conjunction", "need_phrase", needs), unless });
}

/** The order with the entry at `from` moved by `by`; the same where that leads out of it. */
export function moved<T>(order: readonly T[], from: number, by: number): T[] {
  const to = from + by;
  const next = [...order];
  const [one] = to < 0 || to >= order.length ? [] : next.splice(from, 1);
  if (one !== undefined) next.splice(to, 0, one);
  return next;
}

/** The rules of each class in the order in which they came. */
export function byClass<Rule extends { class: string }>(rules: readonly Rule[]): [name: string, rules: Rule[]][] {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) groups.set(rule.class, [...(groups.get(rule.class) ?? []), rule]);
  return [...groups];
}
