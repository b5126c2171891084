import type { Body, ClassAttribute } from "../../../api/types";

type Rules = ClassAttribute["rules"];
type NewAttribute = Body<"/classes/{name}/attributes", "post">;
type AttributeChange = Body<"/classes/{name}/attributes/{attribute}", "patch">;

export const types = ["text", "integer", "decimal", "boolean", "datetime", "enum", "bytes", "list", "reference"] as const;
export type AttributeType = (typeof types)[number];

export interface ChoiceDraft {
  value: string;
  en: string;
  ko: string;
}

/** An attribute as the dialog edits it: texts, so that nothing typed is lost. */
export interface AttributeDraft {
  name: string;
  en: string;
  ko: string;
  type: AttributeType;
  unit: string;
  choices: readonly ChoiceDraft[];
  target: string;
  hidden: boolean;
  /** Whether what contains an item passes its value on to it. */
  passedOn: boolean;
  rules: RulesDraft;
}

export interface RulesDraft {
  required: boolean;
  recommended: boolean;
  min: string;
  max: string;
  shortest: string;
  longest: string;
  pattern: string;
  hintEn: string;
  hintKo: string;
  unique: "" | "class" | "organisation" | "installation";
  ifAttribute: string;
  ifValues: string;
  /** Rules beyond what the dialog shows one of: kept as they are. */
  more: Pick<Rules, "patterns" | "required_if">;
}

export const NO_RULES: RulesDraft = { required: false, recommended: false, min: "", max: "", shortest: "", longest: "", pattern: "", hintEn: "", hintKo: "", unique: "", ifAttribute: "", ifValues: "", more: {} };

export const EMPTY: AttributeDraft = { name: "", en: "", ko: "", type: "text", unit: "", choices: [{ value: "", en: "", ko: "" }], target: "", hidden: false, passedOn: false, rules: NO_RULES };

/** What of the rules a type can have. */
export function rulesFor(type: AttributeType) {
  return { range: ["integer", "decimal", "bytes"].includes(type), text: ["text", "list"].includes(type), unique: !["boolean", "list"].includes(type) };
}

export function readRules(rules: Rules | undefined): RulesDraft {
  if (!rules) return NO_RULES;
  const [pattern, ...patterns] = rules.patterns ?? [];
  const [condition, ...required_if] = rules.required_if ?? [];
  return {
    required: rules.required ?? false,
    recommended: rules.recommended ?? false,
    min: text(rules.min),
    max: text(rules.max),
    shortest: text(rules.min_length),
    longest: text(rules.max_length),
    pattern: pattern?.regex ?? "",
    hintEn: pattern?.hint?.en ?? "",
    hintKo: pattern?.hint?.ko ?? "",
    unique: rules.unique ?? "",
    ifAttribute: condition?.attribute ?? "",
    ifValues: (condition?.values ?? []).map(String).join(", "),
    more: { patterns, required_if },
  };
}

export function readAttribute(attribute: ClassAttribute, own: Rules | undefined): AttributeDraft {
  return {
    name: attribute.name,
    en: attribute.label.en,
    ko: attribute.label.ko,
    type: types.find((one) => one === attribute.type) ?? "text",
    unit: attribute.unit ?? "",
    choices: (attribute.values ?? []).map((one) => ({ value: one.value, en: one.label.en, ko: one.label.ko })),
    target: attribute.target ?? "",
    hidden: attribute.hidden,
    passedOn: attribute.passed_on,
    rules: readRules(own),
  };
}

/** The rules as the API takes them; `condition` is the attribute of the first condition, which says how its values read. */
export function writeRules(draft: RulesDraft, type: AttributeType, condition: ClassAttribute | undefined): Rules {
  const can = rulesFor(type);
  const hint = draft.hintEn.trim() || draft.hintKo.trim() ? { hint: { en: draft.hintEn.trim(), ko: draft.hintKo.trim() } } : {};
  const patterns = [...(draft.pattern ? [{ regex: draft.pattern, ...hint }] : []), ...(draft.more.patterns ?? [])];
  const values = draft.ifValues
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
  const required_if = [...(draft.ifAttribute ? [{ attribute: draft.ifAttribute, values: values.map((one) => typed(one, condition?.type)) }] : []), ...(draft.more.required_if ?? [])];
  return {
    ...(draft.required ? { required: true } : {}),
    ...(draft.recommended ? { recommended: true } : {}),
    ...(can.range ? { ...number("min", draft.min), ...number("max", draft.max) } : {}),
    ...(can.text ? { ...number("min_length", draft.shortest), ...number("max_length", draft.longest) } : {}),
    ...(can.text && patterns.length > 0 ? { patterns } : {}),
    ...(can.unique && draft.unique ? { unique: draft.unique } : {}),
    ...(required_if.length > 0 ? { required_if } : {}),
  } as Rules;
}

export function newAttribute(draft: AttributeDraft, condition: ClassAttribute | undefined): NewAttribute {
  return { name: draft.name.trim(), label: { en: draft.en.trim(), ko: draft.ko.trim() }, type: draft.type, ...shape(draft), passed_on: draft.passedOn, rules: writeRules(draft.rules, draft.type, condition) };
}

/** Only what may change goes out: the server refuses the rest, and says why. */
export function attributeChange(draft: AttributeDraft, may: { relabel: boolean; edit: boolean; retype: boolean }, before: ClassAttribute, condition: ClassAttribute | undefined): AttributeChange {
  const label = { en: draft.en.trim(), ko: draft.ko.trim() };
  const relabelled = label.en !== before.label.en || label.ko !== before.label.ko;
  return {
    ...(may.relabel && relabelled ? { label } : {}),
    ...(may.relabel && draft.hidden !== before.hidden ? { hidden: draft.hidden } : {}),
    ...(may.relabel && draft.passedOn !== before.passed_on ? { passed_on: draft.passedOn } : {}),
    ...(may.retype && draft.type !== before.type ? { type: draft.type } : {}),
    ...(may.edit ? { unit: draft.unit.trim() || null, ...shape(draft) } : {}),
    rules: writeRules(draft.rules, draft.type, condition),
  } as AttributeChange;
}

/** The draft as the class model would have it: what the preview of the form draws. */
export function previewOf(draft: AttributeDraft, inherited: Rules | undefined, condition: ClassAttribute | undefined): Pick<ClassAttribute, "label" | "type" | "values" | "rules" | "target" | "unit"> {
  const values = draft.choices.map((one) => ({ value: one.value, label: { en: one.en || one.value, ko: one.ko || one.value } }));
  return { label: { en: draft.en || draft.name, ko: draft.ko || draft.name }, type: draft.type, unit: draft.unit || null, target: draft.target || null, ...(draft.type === "enum" ? { values } : {}), rules: { ...inherited, ...writeRules(draft.rules, draft.type, condition) } } as ReturnType<typeof previewOf>;
}

function shape(draft: AttributeDraft) {
  const values = draft.choices.filter((one) => one.value.trim()).map((one) => ({ value: one.value.trim(), label: { en: one.en.trim(), ko: one.ko.trim() } }));
  return { ...(draft.unit.trim() ? { unit: draft.unit.trim() } : {}), values: draft.type === "enum" ? values : [], ...(draft.type === "reference" ? { target: draft.target } : {}) };
}

function typed(value: string, type: string | undefined): unknown {
  if (type === "boolean") return value === "true";
  return ["integer", "decimal", "bytes"].includes(type ?? "") ? Number(value) : value;
}

function number(name: string, value: string): Record<string, number> {
  const read = Number(value);
  return value.trim() === "" || Number.isNaN(read) ? {} : { [name]: read };
}

function text(value: number | null | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}
