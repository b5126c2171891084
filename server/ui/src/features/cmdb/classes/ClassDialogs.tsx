import { useState } from "react";
import { verdict } from "../../../api/can";
import { useClassBook, type ClassBook } from "../../../api/classes";
import { codeText, useT } from "../../../i18n";
import { ProblemNote, fieldError } from "../../../layout/ErrorState";
import { FormDialog } from "../../../ui/Dialog";
import { Check, SelectField, TextField } from "../../../ui/Field";
import { changeClass, createClass, deleteClass, useDefine, type TaggedClass } from "./useDefinitions";

const families = ["compute", "network", "data", "app", "service", "org"] as const;
const fields = ["name", "parent", "label.en", "label.ko", "icon", "family", "abstract", "hidden"];

interface ClassDraft {
  name: string;
  parent: string;
  en: string;
  ko: string;
  abstract: boolean;
  icon: string;
  family: string;
  hidden: boolean;
}

interface DialogProps {
  read: TaggedClass;
  onClose: () => void;
}

export function CreateClassDialog({ parent, onClose, onCreated }: { parent: string; onClose: () => void; onCreated: (name: string) => void }) {
  const t = useT();
  const book = useClassBook();
  const [draft, setDraft] = useState<ClassDraft>({ name: "", parent, en: "", ko: "", abstract: false, icon: "", family: "", hidden: false });
  const create = useDefine(
    () => createClass({ name: draft.name.trim(), parent: draft.parent, label: { en: draft.en.trim(), ko: draft.ko.trim() }, abstract: draft.abstract, ...(draft.icon.trim() ? { icon: draft.icon.trim() } : {}), ...(draft.family ? { family: draft.family } : {}) }),
    () => {
      onCreated(draft.name.trim());
      onClose();
    },
  );
  const set = (part: Partial<ClassDraft>) => setDraft((before) => ({ ...before, ...part }));
  return (
    <FormDialog onClose={onClose} title={t("classes.create")} submitLabel={t("classes.create")} busy={create.isPending} onSubmit={() => create.mutate(undefined)}>
      <TextField label={t("classes.name")} hint={t("classes.name_hint")} value={draft.name} error={fieldError(t, create.error, "name")} onChange={(event) => set({ name: event.target.value })} />
      <ParentField book={book} draft={draft} without={null} error={fieldError(t, create.error, "parent")} set={set} />
      <LookFields draft={draft} error={create.error} set={set} shipped={false} />
      <Check label={t("classes.abstract")} checked={draft.abstract} onChange={(event) => set({ abstract: event.target.checked })} />
      <ProblemNote error={create.error} fields={fields} />
    </FormDialog>
  );
}

export function EditClassDialog({ read, onClose }: DialogProps) {
  const t = useT();
  const book = useClassBook();
  const one = read.body;
  const shipped = !verdict(one, "edit").allowed;
  const [draft, setDraft] = useState<ClassDraft>({ name: one.name, parent: one.parent ?? "", en: one.label.en, ko: one.label.ko, abstract: one.abstract, icon: one.icon, family: one.family, hidden: one.hidden });
  const set = (part: Partial<ClassDraft>) => setDraft((before) => ({ ...before, ...part }));
  const save = useDefine(() => {
    const label = { en: draft.en.trim(), ko: draft.ko.trim() };
    const relabelled = label.en !== one.label.en || label.ko !== one.label.ko;
    const looks = shipped ? {} : { icon: draft.icon.trim(), family: draft.family, abstract: draft.abstract, ...(draft.parent !== one.parent ? { parent: draft.parent } : {}) };
    return changeClass(read, { ...(relabelled ? { label } : {}), hidden: draft.hidden, ...looks });
  }, onClose);
  return (
    <FormDialog onClose={onClose} title={t("classes.edit")} submitLabel={t("ui.save")} busy={save.isPending} onSubmit={() => save.mutate(undefined)}>
      {shipped && <p className="soft">{t("classes.shipped_text")}</p>}
      {!shipped && <ParentField book={book} draft={draft} without={one.name} error={fieldError(t, save.error, "parent")} set={set} />}
      <LookFields draft={draft} error={save.error} set={set} shipped={shipped} />
      {!shipped && <Check label={t("classes.abstract")} checked={draft.abstract} onChange={(event) => set({ abstract: event.target.checked })} />}
      <Check label={t("classes.hidden_hint")} checked={draft.hidden} onChange={(event) => set({ hidden: event.target.checked })} />
      <ProblemNote error={save.error} fields={fields.filter((field) => !["abstract", "hidden"].includes(field))} />
    </FormDialog>
  );
}

export function DeleteClassDialog({ read, onClose, onGone }: DialogProps & { onGone: () => void }) {
  const t = useT();
  const remove = useDefine(
    () => deleteClass(read),
    () => {
      onGone();
      onClose();
    },
  );
  return (
    <FormDialog onClose={onClose} title={t("classes.delete_title", { name: read.body.name })} submitLabel={t("classes.delete")} tone="danger" busy={remove.isPending} onSubmit={() => remove.mutate(undefined)}>
      <p>{t("classes.delete_text")}</p>
      <ProblemNote error={remove.error} />
    </FormDialog>
  );
}

interface FieldsProps {
  draft: ClassDraft;
  error: unknown;
  set: (part: Partial<ClassDraft>) => void;
}

function LookFields({ draft, error, set, shipped }: FieldsProps & { shipped: boolean }) {
  const t = useT();
  return (
    <>
      <TextField label={t("classes.label_en")} lang="en" value={draft.en} error={fieldError(t, error, "label.en")} onChange={(event) => set({ en: event.target.value })} />
      <TextField label={t("classes.label_ko")} lang="ko" value={draft.ko} error={fieldError(t, error, "label.ko")} onChange={(event) => set({ ko: event.target.value })} />
      {!shipped && (
        <div className="pairs">
          <TextField label={t("classes.icon")} hint={t("classes.icon_hint")} optional={t("ui.optional")} value={draft.icon} error={fieldError(t, error, "icon")} onChange={(event) => set({ icon: event.target.value })} />
          <SelectField label={t("classes.family")} optional={t("ui.optional")} value={draft.family} error={fieldError(t, error, "family")} onChange={(event) => set({ family: event.target.value })}>
            <option value="">{t("classes.as_parent")}</option>
            {families.map((one) => (
              <option key={one} value={one}>
                {codeText(t, "family", one)}
              </option>
            ))}
          </SelectField>
        </div>
      )}
    </>
  );
}

function ParentField({ book, draft, without, error, set }: { book: ClassBook; draft: ClassDraft; without: string | null; error: string | null; set: FieldsProps["set"] }) {
  const t = useT();
  return (
    <SelectField label={t("classes.parent")} value={draft.parent} error={error} onChange={(event) => set({ parent: event.target.value })}>
      <ClassOptions book={book} parent={null} depth={0} without={without} />
    </SelectField>
  );
}

/** Every class as an option, indented as it hangs in the tree. */
export function ClassOptions({ book, parent, depth, without }: { book: ClassBook; parent: string | null; depth: number; without: string | null }) {
  const here = book.classes.filter((one) => (one.parent ?? null) === parent && one.name !== without);
  return here.map((one) => [
    <option key={one.name} value={one.name}>
      {"\u00a0\u00a0".repeat(depth) + book.label(one.name)}
    </option>,
    <ClassOptions key={`${one.name}/`} book={book} parent={one.name} depth={depth + 1} without={without} />,
  ]);
}
