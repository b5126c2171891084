import type { ComponentProps } from "react";
import type { ClassAttribute } from "../../api/types";
import { useLocale, useT } from "../../i18n";

interface AttributeInputProps {
  attribute: Pick<ClassAttribute, "type" | "values">;
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
        <option value="">—</option>
        {attribute.values.map((one) => (
          <EnumOption key={one.value} option={one} />
        ))}
      </select>
    );
  }
  if (attribute.type === "boolean") {
    return (
      <select {...select} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">—</option>
        <option value="true">{t("ui.yes")}</option>
        <option value="false">{t("ui.no")}</option>
      </select>
    );
  }
  const numeric = ["integer", "decimal", "bytes"].includes(attribute.type);
  const type = attribute.type === "datetime" ? "datetime-local" : "text";
  return <input {...control} type={type} inputMode={numeric ? "decimal" : undefined} autoComplete="off" spellCheck={false} value={value} onChange={(event) => onChange(event.target.value)} />;
}

function EnumOption({ option }: { option: NonNullable<ClassAttribute["values"]>[number] }) {
  const locale = useLocale();
  return <option value={option.value}>{option.label[locale]}</option>;
}
