import { useState } from "react";
import { useClassBook } from "../../../api/classes";
import type { ClassAttribute } from "../../../api/types";
import { useT } from "../../../i18n";
import { Button } from "../../../ui/Button";
import { Field, SelectField } from "../../../ui/Field";
import { Icon } from "../../../ui/Icon";
import { Popover } from "../../../ui/Popover";
import { AttributeInput } from "../AttributeInput";
import { readValue } from "../attributes";
import { Facet } from "./Facet";
import styles from "./FilterBar.module.css";
import { attributeKey, filteredAttributes, type CiSearch } from "./filters";

interface AttributeFiltersProps {
  search: CiSearch;
  onChange: (change: Partial<CiSearch>) => void;
}

/** Filters by the attributes of the chosen classes: those that are on, and a way to add one. */
export function AttributeFilters({ search, onChange }: AttributeFiltersProps) {
  const book = useClassBook();
  const t = useT();
  const classes = search.class ?? [];
  const known = new Map(classes.flatMap((name) => book.attributesOf(name)).map((one) => [one.name, one]));
  const on = filteredAttributes(search);
  const offered = [...known.values()].filter((one) => !one.hidden && !on.includes(one.name));
  return (
    <>
      {on.map((name) => {
        const chosen = search[attributeKey(name)] ?? [];
        const attribute = known.get(name);
        const options = optionsOf(attribute, chosen, book.text, t("ui.yes"), t("ui.no"));
        return <Facet key={name} label={attribute ? book.text(attribute.label) : name} options={options} chosen={chosen} onChange={(values) => onChange({ [attributeKey(name)]: values })} />;
      })}
      {classes.length > 0 && offered.length > 0 && <AddFilter offered={offered} onAdd={(name, value) => onChange({ [attributeKey(name)]: [value] })} />}
    </>
  );
}

function optionsOf(attribute: ClassAttribute | undefined, chosen: readonly string[], text: (label: { en: string; ko: string }) => string, yes: string, no: string) {
  const words = new Map<string, string>(attribute?.values?.map((one) => [one.value, text(one.label)]) ?? (attribute?.type === "boolean" ? [["true", yes], ["false", no]] : []));
  for (const value of chosen) if (!words.has(value)) words.set(value, value);
  return [...words].map(([value, label]) => ({ value, label, short: label }));
}

function AddFilter({ offered, onAdd }: { offered: readonly ClassAttribute[]; onAdd: (name: string, value: string) => void }) {
  const t = useT();
  const book = useClassBook();
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const attribute = offered.find((one) => one.name === name);
  const value = attribute ? readValue(text, attribute.type === "list" ? "text" : attribute.type) : undefined;
  const usable = value !== undefined && value !== null;
  return (
    <Popover
      label={t("cis.filter_by")}
      trigger={
        <Button className={styles.facet} icon="plus">
          {t("cis.more_filters")}
          <Icon name="down" size={12} />
        </Button>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!attribute || !usable) return;
          onAdd(attribute.name, String(value));
          setName("");
          setText("");
        }}
      >
        <SelectField
          label={t("cis.filter_by")}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
            setText("");
          }}
        >
          <option value="">—</option>
          {offered.map((one) => (
            <option key={one.name} value={one.name}>
              {book.text(one.label)}
            </option>
          ))}
        </SelectField>
        {attribute && <Field label={t("cis.filter_value")}>{(control) => <AttributeInput attribute={attribute} control={control} value={text} onChange={setText} />}</Field>}
        <Button small tone="primary" type="submit">
          {t("cis.filter_apply")}
        </Button>
      </form>
    </Popover>
  );
}
