import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useClassBook } from "../../api/classes";
import { answer, api } from "../../api/client";
import { ApiError } from "../../api/errors";
import { etagOf, rulesQuery, type Rule, type RuleBody, type RuleList } from "../../api/identity";
import { codeText, useLocale, useT, type Translate } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { Button } from "../../ui/Button";
import { FormDialog } from "../../ui/Dialog";
import { Check, FieldGroup, Radio, SelectField, TextField } from "../../ui/Field";
import { Note } from "../../ui/States";
import { visibleText } from "../../ui/Text";
import { ruleSentence } from "./sentence";

type Draft = RuleBody & { class: string };

const EMPTY: Draft = { class: "", label: { en: "", ko: "" }, needs: [], vetoes: ["retired", "live"], outcome: "propose", enabled: true };
const FIELDS = ["class", "label.en", "label.ko", "needs", "vetoes", "outcome"];

const draftOf = ({ class: name, label, needs, vetoes, outcome, enabled }: Rule): Draft => ({ class: name, label, needs, vetoes, outcome, enabled });

interface RuleDialogProps {
  /** The rule to change; `null` to add one. */
  rule: Rule | null;
  words: RuleList;
  onClose: () => void;
}

/** Writes a rule, with what it says as a sentence below. */
export function RuleDialog({ rule, words, onClose }: RuleDialogProps) {
  const t = useT();
  const locale = useLocale();
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft>(() => (rule ? draftOf(rule) : EMPTY));
  // The version that the draft was made from; what others save meanwhile must not slip under it.
  const [base, setBase] = useState(rule);
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const save = useMutation({
    mutationFn: () => {
      const { class: name, ...body } = draft;
      if (!base) return answer(api.POST("/identification/rules", { body: { class: name, ...body } }));
      return answer(api.PUT("/identification/rules/{id}", { params: { path: { id: base.id } }, headers: { "If-Match": etagOf(base) }, body }));
    },
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: rulesQuery.queryKey }),
  });
  const stale = save.error instanceof ApiError && save.error.code === "stale";
  const theirs = words.items.find((one) => one.id === rule?.id);
  function takeTheirs() {
    if (!theirs) return onClose();
    setBase(theirs);
    setDraft(draftOf(theirs));
    save.reset();
  }
  return (
    <FormDialog wide onClose={onClose} title={rule ? t("identification.edit_of", { name: visibleText(rule.label[locale]) }) : t("identification.add")} submitLabel={t("ui.save")} busy={save.isPending} onSubmit={() => save.mutate()}>
      <div className="pairs">
        {!rule && <ClassField value={draft.class} error={fieldError(t, save.error, "class")} onChange={(name) => set({ class: name })} />}
        <TextField label={t("identification.label_en")} lang="en" value={draft.label.en} error={fieldError(t, save.error, "label.en")} onChange={(event) => set({ label: { ...draft.label, en: event.target.value } })} />
        <TextField label={t("identification.label_ko")} lang="ko" value={draft.label.ko} error={fieldError(t, save.error, "label.ko")} onChange={(event) => set({ label: { ...draft.label, ko: event.target.value } })} />
      </div>
      <div className="pairs">
        <Words label={t("identification.needs")} hint={t("identification.needs_hint")} prefix="need" words={words.needs} chosen={draft.needs} error={wordError(t, save.error, "needs")} onChange={(needs) => set({ needs })} />
        <Words label={t("identification.vetoes")} hint={t("identification.vetoes_hint")} prefix="veto" words={words.vetoes} chosen={draft.vetoes} error={wordError(t, save.error, "vetoes")} onChange={(vetoes) => set({ vetoes })} />
      </div>
      <FieldGroup label={t("identification.outcome")} error={fieldError(t, save.error, "outcome")}>
        {["match", "propose"].map((one) => (
          <Radio key={one} name="outcome" label={codeText(t, "rule_outcome", one)} checked={draft.outcome === one} onChange={() => set({ outcome: one })} />
        ))}
      </FieldGroup>
      <Check label={t("identification.enabled")} checked={draft.enabled} onChange={(event) => set({ enabled: event.target.checked })} />
      <Note role="status">{ruleSentence(t, locale, draft)}</Note>
      {stale ? (
        <Note tone="warning" role="alert">
          <span className="row wrap">
            {t(theirs ? "identification.stale" : "identification.gone")}
            <Button small onClick={takeTheirs}>
              {t(theirs ? "identification.take_theirs" : "ui.close")}
            </Button>
          </span>
        </Note>
      ) : (
        <ProblemNote error={save.error} fields={FIELDS} />
      )}
    </FormDialog>
  );
}

/** What is wrong with the words a rule is made of, where the server says no more than that something is. */
function wordError(t: Translate, error: unknown, field: "needs" | "vetoes"): string | null {
  const refused = error instanceof ApiError ? error.field(field) : undefined;
  return refused?.code === "invalid" ? t(`identification.${field}_invalid`) : fieldError(t, error, field);
}

function ClassField({ value, error, onChange }: { value: string; error: string | null; onChange: (name: string) => void }) {
  const t = useT();
  const book = useClassBook();
  return (
    <SelectField label={t("ci.class")} hint={t("identification.class_hint")} value={value} error={error} onChange={(event) => onChange(event.target.value)}>
      <option value="" />
      {book.classes.map((one) => (
        <option key={one.name} value={one.name}>
          {book.label(one.name)}
        </option>
      ))}
    </SelectField>
  );
}

interface WordsProps {
  label: string;
  hint: string;
  prefix: string;
  words: readonly string[];
  chosen: readonly string[];
  error: string | null;
  onChange: (chosen: string[]) => void;
}

/** Tick boxes of the words that a rule can be made of, in the server's order. */
function Words({ label, hint, prefix, words, chosen, error, onChange }: WordsProps) {
  const t = useT();
  return (
    <FieldGroup label={label} hint={hint} error={error}>
      {words.map((word) => (
        <Check key={word} label={codeText(t, prefix, word)} checked={chosen.includes(word)} onChange={(event) => onChange(words.filter((one) => (one === word ? event.target.checked : chosen.includes(one))))} />
      ))}
    </FieldGroup>
  );
}

/** Takes a rule out that people added. */
export function DeleteRuleDialog({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const t = useT();
  const locale = useLocale();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE("/identification/rules/{id}", { params: { path: { id: rule.id } }, headers: { "If-Match": etagOf(rule) } })),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: rulesQuery.queryKey }),
  });
  return (
    <FormDialog onClose={onClose} tone="danger" title={t("identification.delete_title", { name: visibleText(rule.label[locale]) })} submitLabel={t("identification.delete")} busy={remove.isPending} onSubmit={() => remove.mutate()}>
      <p>{t("identification.delete_text")}</p>
      <ProblemNote error={remove.error} />
    </FormDialog>
  );
}
