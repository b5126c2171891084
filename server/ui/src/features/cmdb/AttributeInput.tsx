import type { ComponentProps } from "react";
import type { ClassAttribute } from "../../api/types";
import { useLocale, useT } from "../../i18n";
import { ReferenceInput } from "./ReferenceInput";
import { TagInput } from "./TagInput";

/** What of an attribute decides which control it gets. */
export type InputShape = Pick<ClassAttribute, "type" | "values"> & Partial<Pick<ClassAttribute, "name" | "rules" | "target">>;

interface AttributeInputProps {
  attribute: InputShape;
  value: string;
  onChange: (value: string) => void;
  control: Partial<ComponentProps<"input">>;
}

/** The control that fits an attribute's type. */
export function AttributeInput({ attribute, value, onChange, control }: AttributeInputProps) {
  const t = useT();
  const select = control as ComponentProps<"select">;
  if (attribute.type === "enum" && attribute.values) {
    return (
      <select {...select} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{control.placeholder ? t("ci.inherited_option", { value: control.placeholder }) : "—"}</option>
        {attribute.values.map((one) => (
          <EnumOption key={one.value} option={one} />
        ))}
      </select>
    );
  }
  if (attribute.type === "boolean") {
    return (
      <select {...select} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{control.placeholder ? t("ci.inherited_option", { value: control.placeholder }) : "—"}</option>
        <option value="true">{t("ui.yes")}</option>
        <option value="false">{t("ui.no")}</option>
      </select>
    );
  }
  if (attribute.type === "reference") return <ReferenceInput target={attribute.target} control={select} value={value} onChange={onChange} />;
  if (attribute.type === "list" && attribute.name === "tags") return <TagInput control={control} value={value} onChange={onChange} />;
  const numeric = ["integer", "decimal", "bytes"].includes(attribute.type);
  const type = attribute.type === "datetime" ? "datetime-local" : "text";
  return <input {...control} type={type} inputMode={numeric ? "decimal" : undefined} aria-required={attribute.rules?.required ? true : undefined} autoComplete="off" spellCheck={false} value={value} onChange={(event) => onChange(event.target.value)} />;
}

function EnumOption({ option }: { option: NonNullable<ClassAttribute["values"]>[number] }) {
  const locale = useLocale();
  return <option value={option.value}>{option.label[locale]}</option>;
}
