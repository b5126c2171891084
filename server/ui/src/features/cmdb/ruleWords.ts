import type { ClassAttribute } from "../../api/types";
import { codeText, type Locale, type Translate } from "../../i18n";

type Rules = NonNullable<ClassAttribute["rules"]>;

/** What values must be like, one short phrase each; `name` gives an attribute's label. */
export function ruleWords(t: Translate, rules: Rules, locale: Locale, name: (attribute: string) => string): string[] {
  const words: string[] = [];
  if (rules.required) words.push(t("rule.required"));
  else if (rules.recommended) words.push(t("rule.recommended"));
  const { min, max, min_length: shortest, max_length: longest } = rules;
  if (isSet(min) && isSet(max)) words.push(t("rule.range", { min, max }));
  else if (isSet(min)) words.push(t("rule.min", { min }));
  else if (isSet(max)) words.push(t("rule.max", { max }));
  if (isSet(shortest) && isSet(longest)) words.push(t("rule.length", { min: shortest, max: longest }));
  else if (isSet(shortest)) words.push(t("rule.min_length", { min: shortest }));
  else if (isSet(longest)) words.push(t("rule.max_length", { max: longest }));
  for (const pattern of rules.patterns ?? []) words.push(pattern.hint ? pattern.hint[locale] : t("rule.pattern", { pattern: pattern.regex }));
  if (rules.unique) words.push(codeText(t, "rule.unique", rules.unique));
  for (const { attribute, values } of rules.required_if ?? []) {
    const other = name(attribute);
    words.push(values && values.length > 0 ? t("rule.required_if_values", { other, values: values.map(String).join(", ") }) : t("rule.required_if", { other }));
  }
  return words;
}

function isSet(number: number | null | undefined): number is number {
  return number !== null && number !== undefined;
}
