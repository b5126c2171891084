import type { ClassAttribute } from "../../api/types";
import { useT, type Locale } from "../../i18n";
import { Field } from "../../ui/Field";
import { AttributeInput } from "./AttributeInput";
import { ruleWords } from "./ruleWords";

interface AttributeFieldProps {
  attribute: Pick<ClassAttribute, "label" | "type" | "values" | "rules" | "target" | "unit"> & Partial<Pick<ClassAttribute, "name">>;
  locale: Locale;
  /** The label of another attribute of the class. */
  nameOf: (attribute: string) => string;
  value: string;
  error?: string | null | undefined;
  onChange: (value: string) => void;
}

/** An attribute as a field of a form, with what its value must be like. */
export function AttributeField({ attribute, locale, nameOf, value, error, onChange }: AttributeFieldProps) {
  const t = useT();
  const { rules } = attribute;
  const words = ruleWords(t, { ...rules, required: false, recommended: false }, locale, nameOf);
  const hint = [attribute.unit, ...words].filter(Boolean).join(" · ");
  return (
    <Field label={attribute.label[locale]} optional={!rules.required && t(rules.recommended ? "rule.recommended" : "ui.optional")} hint={hint || undefined} error={error}>
      {(control) => <AttributeInput attribute={attribute} control={control} value={value} onChange={onChange} />}
    </Field>
  );
}
