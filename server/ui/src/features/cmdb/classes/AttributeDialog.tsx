import { useState } from "react";
import { verdict } from "../../../api/can";
import { useClassBook } from "../../../api/classes";
import type { ClassAttribute } from "../../../api/types";
import { codeText, useLocale, useT } from "../../../i18n";
import { ProblemNote, fieldError } from "../../../layout/ErrorState";
import { oneOf } from "../../../search";
import { Button, IconButton } from "../../../ui/Button";
import { FormDialog } from "../../../ui/Dialog";
import { Check, SelectField, TextField } from "../../../ui/Field";
import { Note } from "../../../ui/States";
import { AttributeField } from "../AttributeField";
import { ClassOptions } from "./ClassDialogs";
import styles from "./Classes.module.css";
import { EMPTY, attributeChange, newAttribute, previewOf, readAttribute, types, type AttributeDraft, type ChoiceDraft } from "./draft";
import { RuleFields, ruleFieldNames } from "./RuleFields";
import { changeAttribute, createAttribute, deleteAttribute, useDefine, type TaggedClass } from "./useDefinitions";

interface AttributeDialogProps {
  read: TaggedClass;
  /** The one to change; a new one without. */
  attribute?: ClassAttribute;
  onClose: () => void;
}

/** Adds an attribute or changes one, with the field that people would get drawn as it is typed. */
export function AttributeDialog({ read, attribute, onClose }: AttributeDialogProps) {
  const t = useT();
  const locale = useLocale();
  const [draft, setDraft] = useState<AttributeDraft>(() => (attribute ? readAttribute(attribute, read.body.own_rules[attribute.name]) : EMPTY));
  const [tried, setTried] = useState("");
  const said = { allowed_actions: attribute ? (read.body.attribute_actions[attribute.name] ?? []) : [] };
  const may = (action: string) => !attribute || verdict(said, action).allowed;
  const others = read.body.attributes.filter((one) => one.name !== attribute?.name);
  const condition = others.find((one) => one.name === draft.rules.ifAttribute);
  const save = useDefine(
    () => (attribute ? changeAttribute(read, attribute.name, attributeChange(draft, { relabel: may("relabel"), edit: may("edit"), retype: may("retype") }, attribute, condition)) : createAttribute(read, newAttribute(draft, condition))),
    onClose,
  );
  const set = (part: Partial<AttributeDraft>) => setDraft((before) => ({ ...before, ...part }));
  const nameOf = (name: string) => others.find((one) => one.name === name)?.label[locale] ?? name;
  const title = attribute ? t("classes.edit_attribute_of", { name: attribute.label[locale] }) : t("classes.add_attribute");
  return (
    <FormDialog wide onClose={onClose} title={title} submitLabel={attribute ? t("ui.save") : t("classes.add_attribute")} busy={save.isPending} onSubmit={() => save.mutate(undefined)}>
      {attribute?.inherited_from && <p className="soft">{t("classes.inherited_text")}</p>}
      <div className="pairs">
        {!attribute && <TextField label={t("classes.name")} hint={t("classes.name_hint")} value={draft.name} error={fieldError(t, save.error, "name")} onChange={(event) => set({ name: event.target.value })} />}
        {may("relabel") && <LabelFields draft={draft} error={save.error} set={set} />}
        {(may("retype") || may("edit")) && <TypeFields draft={draft} error={save.error} set={set} retypes={may("retype")} />}
      </div>
      {draft.type === "enum" && may("edit") && <ChoiceFields choices={draft.choices} error={save.error} onChange={(choices) => set({ choices })} />}
      <RuleFields draft={draft.rules} type={draft.type} others={others} error={save.error} onChange={(rules) => set({ rules })} />
      {may("relabel") && <Check label={t("classes.passed_on")} hint={t("classes.passed_on_hint")} checked={draft.passedOn} onChange={(event) => set({ passedOn: event.target.checked })} />}
      {fieldError(t, save.error, "passed_on") && <Note tone="critical">{fieldError(t, save.error, "passed_on")}</Note>}
      {attribute && may("relabel") && <Check label={t("classes.hidden_hint")} checked={draft.hidden} onChange={(event) => set({ hidden: event.target.checked })} />}
      <section className={styles.preview} aria-label={t("classes.preview")}>
        <h3>{t("classes.preview")}</h3>
        <AttributeField attribute={previewOf(draft, undefined, condition)} locale={locale} nameOf={nameOf} value={tried} onChange={setTried} />
      </section>
      <ProblemNote error={save.error} fields={["name", "label.en", "label.ko", "type", "unit", "target", "passed_on", ...choiceFieldNames(draft.choices), ...ruleFieldNames]} />
    </FormDialog>
  );
}

export function DeleteAttributeDialog({ read, attribute, onClose }: Required<AttributeDialogProps>) {
  const t = useT();
  const locale = useLocale();
  const remove = useDefine(() => deleteAttribute(read, attribute.name), onClose);
  return (
    <FormDialog onClose={onClose} title={t("classes.delete_attribute_of", { name: attribute.label[locale] })} submitLabel={t("classes.delete")} tone="danger" busy={remove.isPending} onSubmit={() => remove.mutate(undefined)}>
      <p>{t("classes.delete_attribute_text")}</p>
      <ProblemNote error={remove.error} />
    </FormDialog>
  );
}

interface FieldsProps {
  draft: AttributeDraft;
  error: unknown;
  set: (part: Partial<AttributeDraft>) => void;
}

function LabelFields({ draft, error, set }: FieldsProps) {
  const t = useT();
  return (
    <>
      <TextField label={t("classes.label_en")} lang="en" value={draft.en} error={fieldError(t, error, "label.en")} onChange={(event) => set({ en: event.target.value })} />
      <TextField label={t("classes.label_ko")} lang="ko" value={draft.ko} error={fieldError(t, error, "label.ko")} onChange={(event) => set({ ko: event.target.value })} />
    </>
  );
}

function TypeFields({ draft, error, set, retypes }: FieldsProps & { retypes: boolean }) {
  const t = useT();
  const book = useClassBook();
  return (
    <>
      <SelectField label={t("classes.type")} value={draft.type} disabled={!retypes} hint={retypes ? undefined : codeText(t, "reason", "has_values")} error={fieldError(t, error, "type")} onChange={(event) => set({ type: oneOf(event.target.value, types) ?? draft.type })}>
        {types.map((one) => (
          <option key={one} value={one}>
            {codeText(t, "attribute_type", one)}
          </option>
        ))}
      </SelectField>
      {["integer", "decimal"].includes(draft.type) && <TextField label={t("classes.unit")} optional={t("ui.optional")} value={draft.unit} error={fieldError(t, error, "unit")} onChange={(event) => set({ unit: event.target.value })} />}
      {draft.type === "reference" && (
        <SelectField label={t("classes.target")} value={draft.target} error={fieldError(t, error, "target")} onChange={(event) => set({ target: event.target.value })}>
          <option value="" />
          <ClassOptions book={book} parent={null} depth={0} without={null} />
        </SelectField>
      )}
    </>
  );
}

interface ChoiceFieldsProps {
  choices: readonly ChoiceDraft[];
  error: unknown;
  onChange: (choices: readonly ChoiceDraft[]) => void;
}

function ChoiceFields({ choices, error, onChange }: ChoiceFieldsProps) {
  const t = useT();
  const set = (place: number, part: Partial<ChoiceDraft>) => onChange(choices.map((one, at) => (at === place ? { ...one, ...part } : one)));
  return (
    <fieldset className="stack">
      <legend className={styles.legend}>{t("classes.values")}</legend>
      {choices.map((one, place) => (
        <div key={place} className={styles.choice}>
          <TextField label={t("classes.value")} value={one.value} error={fieldError(t, error, `values[${place}].value`)} onChange={(event) => set(place, { value: event.target.value })} />
          <TextField label={t("classes.label_en")} lang="en" value={one.en} error={fieldError(t, error, `values[${place}].label.en`)} onChange={(event) => set(place, { en: event.target.value })} />
          <TextField label={t("classes.label_ko")} lang="ko" value={one.ko} error={fieldError(t, error, `values[${place}].label.ko`)} onChange={(event) => set(place, { ko: event.target.value })} />
          <IconButton icon="close" label={t("classes.remove_value", { value: one.value || String(place + 1) })} onClick={() => onChange(choices.filter((_, at) => at !== place))} />
        </div>
      ))}
      <span className="row">
        <Button small icon="plus" onClick={() => onChange([...choices, { value: "", en: "", ko: "" }])}>
          {t("classes.add_value")}
        </Button>
      </span>
    </fieldset>
  );
}

function choiceFieldNames(choices: readonly ChoiceDraft[]): string[] {
  return choices.flatMap((_, place) => [`values[${place}].value`, `values[${place}].label.en`, `values[${place}].label.ko`]);
}
