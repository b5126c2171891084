import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { useSourceName } from "../../api/sources";
import type { Source } from "../../api/types";
import { useT } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { oneOf } from "../../search";
import { Button } from "../../ui/Button";
import { FormDialog } from "../../ui/Dialog";
import { Check, Field, SelectField, TextField } from "../../ui/Field";
import { HOUR, seconds } from "./hours";
import { Preview } from "./Preview";
import { useSourceChange } from "./useSourceChange";

const kinds = ["inventory", "import", "integration"] as const;

const hoursOf = (source: Source) => (source.stale_after_s ? String(source.stale_after_s / HOUR) : "");

interface LabelFieldsProps {
  en: string;
  ko: string;
  error: unknown;
  onEn: (text: string) => void;
  onKo: (text: string) => void;
}

function LabelFields({ en, ko, error, onEn, onKo }: LabelFieldsProps) {
  const t = useT();
  return (
    <>
      <TextField label={t("sources.label_en")} value={en} error={fieldError(t, error, "label.en")} onChange={(event) => onEn(event.target.value)} />
      <TextField label={t("sources.label_ko")} value={ko} error={fieldError(t, error, "label.ko")} onChange={(event) => onKo(event.target.value)} />
    </>
  );
}

export function AddSourceDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<(typeof kinds)[number]>("integration");
  const [en, setEn] = useState("");
  const [ko, setKo] = useState("");
  const [hours, setHours] = useState("168");
  const add = useSourceChange(() => answer(api.POST("/sources", { body: { name, kind, label: { en, ko }, stale_after_s: seconds(hours) } })), onClose);
  return (
    <FormDialog onClose={onClose} title={t("sources.add")} submitLabel={t("sources.add")} busy={add.isPending} onSubmit={() => add.mutate(undefined)}>
      <TextField label={t("sources.name")} hint={t("sources.name_hint")} value={name} error={fieldError(t, add.error, "name")} onChange={(event) => setName(event.target.value)} />
      <SelectField label={t("sources.kind")} value={kind} error={fieldError(t, add.error, "kind")} onChange={(event) => setKind(oneOf(event.target.value, kinds) ?? kind)}>
        {kinds.map((one) => (
          <option key={one} value={one}>
            {t(`source_kind.${one}`)}
          </option>
        ))}
      </SelectField>
      <LabelFields en={en} ko={ko} error={add.error} onEn={setEn} onKo={setKo} />
      <TextField type="number" label={t("sources.stale_after")} hint={t("sources.stale_hint")} value={hours} error={fieldError(t, add.error, "stale_after_s")} onChange={(event) => setHours(event.target.value)} />
      <ProblemNote error={add.error} fields={["name", "kind", "label.en", "label.ko", "stale_after_s"]} />
    </FormDialog>
  );
}

export function EditSourceDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const t = useT();
  const [en, setEn] = useState(source.label.en);
  const [ko, setKo] = useState(source.label.ko);
  const [hours, setHours] = useState(hoursOf(source));
  const [enabled, setEnabled] = useState(source.enabled);
  const send = (dryRun: boolean) =>
    answer(
      api.PATCH("/sources/{name}", {
        params: { path: { name: source.name }, header: { "If-Match": `"v${source.version}"` } },
        body: { label: { en, ko }, ...(source.can_be_disabled ? { enabled } : {}), ...(source.can_go_stale ? { stale_after_s: seconds(hours) } : {}), dry_run: dryRun },
      }),
    );
  const preview = useMutation({ mutationFn: () => send(true) });
  const save = useSourceChange(() => send(false), onClose);
  const error = save.error ?? preview.error;
  return (
    <FormDialog onClose={onClose} title={t("sources.edit")} submitLabel={t("ui.save")} busy={save.isPending} onSubmit={() => save.mutate(undefined)}>
      <LabelFields en={en} ko={ko} error={error} onEn={setEn} onKo={setKo} />
      {source.can_go_stale && <TextField type="number" label={t("sources.stale_after")} hint={t("sources.stale_hint")} value={hours} error={fieldError(t, error, "stale_after_s")} onChange={(event) => (preview.reset(), setHours(event.target.value))} />}
      {source.can_be_disabled && <Check label={t("sources.enabled")} hint={t("sources.enabled_hint")} checked={enabled} onChange={(event) => (preview.reset(), setEnabled(event.target.checked))} />}
      <div className="row wrap">
        <Button busy={preview.isPending} onClick={() => preview.mutate()}>
          {t("sources.try")}
        </Button>
      </div>
      {preview.data && <Preview preview={preview.data.preview} />}
      <ProblemNote error={error} fields={["label.en", "label.ko", "stale_after_s"]} />
    </FormDialog>
  );
}

/** Ends everything that a source says, after telling how much that is. */
export function DropSourceDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const t = useT();
  const name = useSourceName();
  const [reason, setReason] = useState("");
  const send = (dryRun: boolean) => answer(api.DELETE("/sources/{name}/statements", { params: { path: { name: source.name }, query: { dry_run: dryRun, ...(reason.trim() ? { reason } : {}) } } }));
  const preview = useMutation({ mutationFn: () => send(true) });
  const drop = useSourceChange(() => send(false), onClose);
  const error = drop.error ?? preview.error;
  return (
    <FormDialog onClose={onClose} title={t("sources.drop_title", { source: name(source.name) })} submitLabel={t("sources.drop")} tone="danger" busy={drop.isPending} onSubmit={() => drop.mutate(undefined)}>
      <p>{t("sources.drop_text")}</p>
      <Field label={t("ci.reason")} error={fieldError(t, error, "reason")}>
        {(control) => <textarea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <div className="row wrap">
        <Button busy={preview.isPending} onClick={() => preview.mutate()}>
          {t("sources.try")}
        </Button>
      </div>
      {preview.data && (
        <>
          <p>{t("sources.would_end", { statements: preview.data.statements, items: preview.data.items })}</p>
          <Preview preview={preview.data.preview} />
        </>
      )}
      <ProblemNote error={error} fields={["reason"]} />
    </FormDialog>
  );
}
