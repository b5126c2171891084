import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useClassBook } from "../../../api/classes";
import { prepare, type Selected } from "../../../api/edits";
import type { ClassAttribute } from "../../../api/types";
import { codeText, useLocale, useT, type Translate } from "../../../i18n";
import { ProblemNote, fieldError } from "../../../layout/ErrorState";
import { paths } from "../../../paths";
import { FormDialog } from "../../../ui/Dialog";
import { FieldGroup, SelectField, TextField, controlClass } from "../../../ui/Field";
import { Note } from "../../../ui/States";
import { AttributeInput } from "../AttributeInput";
import { useAttributeWords } from "../attributeWords";
import { useEnvironments } from "../useEnvironments";
import { criticalities, lifecycles } from "../words";
import { KEPT, changesOf, commonNames, sharedAttributes, type Draft, type Wish } from "./draft";
import styles from "./Edits.module.css";

interface EditProps {
  selected: Selected;
  /** How many CIs are meant. */
  count: number;
  /** Of which classes they are, as far as that is known. */
  classes: readonly string[];
  onClose: () => void;
}

type Shape = Pick<ClassAttribute, "name" | "type" | "values">;

/** Says the same of many CIs. What becomes of each is shown before anything is written. */
export default function EditDialog({ selected, count, classes, onClose }: EditProps) {
  const t = useT();
  const locale = useLocale();
  const navigate = useNavigate();
  const client = useQueryClient();
  const book = useClassBook();
  const words = useAttributeWords();
  const common = useCommon(t);
  const shared = sharedAttributes(book, classes);
  const [draft, setDraft] = useState<Draft>({});
  const [added, setAdded] = useState<readonly string[]>([]);
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const [nothing, setNothing] = useState(false);
  const shapes = [...common, ...shared.filter((one) => added.includes(one.name))];
  const make = useMutation({
    mutationFn: (changes: Parameters<typeof prepare>[1]) => prepare(selected, changes, reason),
    onSuccess: (edit) => {
      void client.invalidateQueries({ queryKey: ["edits"] });
      void navigate(paths.edit(edit.id));
    },
  });
  function submit() {
    const { changes, wrong: unread } = changesOf(draft, (name) => shapes.find((one) => one.name === name)?.type ?? "text");
    setWrong(unread);
    setNothing(unread.length === 0 && Object.keys(changes).length === 0);
    if (unread.length === 0 && Object.keys(changes).length > 0) make.mutate(changes);
  }
  const free = shared.filter((one) => !added.includes(one.name));
  const whole = fieldError(t, make.error, "filter") ?? fieldError(t, make.error, "ci_ids");
  return (
    <FormDialog wide onClose={onClose} title={t("edits.title", { count })} submitLabel={t("edits.preview")} busy={make.isPending} onSubmit={submit}>
      <p className="muted">{t("edits.before_write")}</p>
      {shapes.map((shape) => (
        <WishField
          key={shape.name}
          shape={shape}
          label={words.label(shape.name, classes[0])}
          wish={draft[shape.name] ?? KEPT}
          error={wrong.includes(shape.name) ? t("field.invalid") : fieldError(t, make.error, `changes.${shape.name}`)}
          onChange={(wish) => setDraft((before) => ({ ...before, [shape.name]: wish }))}
        />
      ))}
      {free.length > 0 && (
        <SelectField label={t("edits.more")} value="" onChange={(event) => setAdded((before) => [...before, event.target.value])}>
          <option value="">—</option>
          {free.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label[locale]}
            </option>
          ))}
        </SelectField>
      )}
      <TextField label={t("edits.reason")} optional={t("ui.optional")} hint={t("edits.reason_hint")} value={reason} error={fieldError(t, make.error, "reason")} onChange={(event) => setReason(event.target.value)} />
      {nothing && (
        <Note tone="warning" role="alert">
          {t("edits.nothing")}
        </Note>
      )}
      {whole && (
        <Note tone="warning" role="alert">
          {whole}
        </Note>
      )}
      <ProblemNote error={make.error} fields={["filter", "ci_ids", "reason", ...shapes.map((one) => `changes.${one.name}`)]} />
    </FormDialog>
  );
}

/** What every CI has, with the control that fits. */
function useCommon(t: Translate): Shape[] {
  const environments = useEnvironments();
  const words = (prefix: string, all: readonly string[]) => all.map((value) => ({ value, label: { en: codeText(t, prefix, value), ko: codeText(t, prefix, value) } }));
  const kinds: Record<(typeof commonNames)[number], Shape> = {
    owner: { name: "owner", type: "text" },
    support_team: { name: "support_team", type: "text" },
    criticality: { name: "criticality", type: "enum", values: words("criticality", criticalities) },
    environment: { name: "environment", type: "enum", values: [...environments] },
    lifecycle: { name: "lifecycle", type: "enum", values: words("lifecycle", lifecycles) },
    tags: { name: "tags", type: "list" },
  } as Record<(typeof commonNames)[number], Shape>;
  return commonNames.map((name) => kinds[name]);
}

interface WishProps {
  shape: Shape;
  label: string;
  wish: Wish;
  error: string | null | undefined;
  onChange: (wish: Wish) => void;
}

function WishField({ shape, label, wish, error, onChange }: WishProps) {
  const t = useT();
  const actions: Wish["action"][] = shape.name === "tags" ? ["keep", "add", "remove", "set", "clear"] : shape.name === "lifecycle" ? ["keep", "set"] : ["keep", "set", "clear"];
  const typed = wish.action !== "keep" && wish.action !== "clear";
  return (
    <FieldGroup label={label} error={error}>
      <span className={styles.wish}>
        <select className={controlClass} aria-label={t("edits.what_becomes", { name: label })} value={wish.action} onChange={(event) => onChange({ ...wish, action: event.target.value as Wish["action"] })}>
          {actions.map((action) => (
            <option key={action} value={action}>
              {codeText(t, "edits.action", action)}
            </option>
          ))}
        </select>
        {typed && <AttributeInput attribute={shape} value={wish.text} onChange={(text) => onChange({ ...wish, text })} control={{ className: controlClass, "aria-label": t("edits.value_of", { name: label }), "aria-invalid": error ? true : undefined }} />}
      </span>
    </FieldGroup>
  );
}
