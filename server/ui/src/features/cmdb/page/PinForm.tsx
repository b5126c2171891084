import { useState } from "react";
import type { ClassAttribute, Statement } from "../../../api/types";
import { useTimeStyle } from "../../../format/TimeContext";
import { useT } from "../../../i18n";
import { ProblemNote, fieldError } from "../../../layout/ErrorState";
import { Button } from "../../../ui/Button";
import { Check, Field, TextField } from "../../../ui/Field";
import { visibleText } from "../../../ui/Text";
import { AttributeInput } from "../AttributeInput";
import { readValue, showValue } from "../attributes";
import type { PinBody } from "./useValues";

interface PinFormProps {
  attribute: string;
  type: ClassAttribute | undefined;
  /** The statement to pin as it is; without one the reader says a value of his own. */
  statement: Statement | null;
  busy: boolean;
  error: unknown;
  onPin: (body: PinBody) => void;
  onCancel: () => void;
}

/** Pins a value: why, and until when. */
export function PinForm({ attribute, type, statement, busy, error, onPin, onCancel }: PinFormProps) {
  const t = useT();
  const style = useTimeStyle();
  const [text, setText] = useState("");
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState("");
  const [forever, setForever] = useState(false);
  const kind = type ?? { type: "text" as const };
  function submit() {
    const what = statement ? { source: statement.source } : { value: readValue(text, kind.type) ?? text };
    const expiry = forever ? { expires_at: null } : until ? { expires_at: new Date(`${until}T23:59:59`).toISOString() } : {};
    onPin({ attribute, reason, ...what, ...expiry });
  }
  return (
    <form
      noValidate
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) submit();
      }}
    >
      {statement ? (
        <p>
          {t("values.pin_this")} <bdi>{visibleText(showValue(statement.value, type, t, style))}</bdi>
        </p>
      ) : (
        <Field label={t("ci.value")} error={fieldError(t, error, "value")}>
          {(control) => <AttributeInput attribute={kind} value={text} onChange={setText} control={control} />}
        </Field>
      )}
      <Field label={t("ci.reason")} error={fieldError(t, error, "reason")}>
        {(control) => <textarea {...control} autoFocus value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <TextField type="date" label={t("values.pin_until")} hint={t("values.pin_until_hint")} value={until} disabled={forever} error={fieldError(t, error, "expires_at")} onChange={(event) => setUntil(event.target.value)} />
      <Check label={t("values.pin_forever")} checked={forever} onChange={(event) => setForever(event.target.checked)} />
      <ProblemNote error={error} fields={["value", "reason", "expires_at"]} />
      <div className="row wrap">
        <Button tone="primary" type="submit" busy={busy}>
          {t("values.pin")}
        </Button>
        <Button onClick={onCancel}>{t("ui.cancel")}</Button>
      </div>
    </form>
  );
}
