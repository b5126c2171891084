import { useState } from "react";
import type { Ci } from "../../../api/types";
import { useLocale, useT } from "../../../i18n";
import { ProblemNote, fieldError } from "../../../layout/ErrorState";
import { Button, IconButton } from "../../../ui/Button";
import { controlClass } from "../../../ui/Field";
import { Note } from "../../../ui/States";
import { visibleText } from "../../../ui/Text";
import { AttributeInput, type InputShape } from "../AttributeInput";
import { editText, readValue } from "../attributes";
import styles from "./CiPage.module.css";
import { InheritedFrom, inheritedOf } from "./Inherited";
import { FieldConflict, useSaveField, type CiPatch, type TaggedCi } from "./useCi";

/** What of a CI one editor changes. */
export interface EditedField {
  /** The field's name in the API's errors. */
  name: string;
  label: string;
  type: InputShape;
  /** What the value must be like, in words. */
  hint?: string | undefined;
  read: (ci: Ci) => unknown;
  patch: (value: unknown) => CiPatch;
}

interface FieldEditorProps {
  read: TaggedCi;
  field: EditedField;
  onDone: () => void;
}

/** Edits one field in place. When somebody else changed it meanwhile, both values are shown and the reader chooses. */
export function FieldEditor({ read, field, onDone }: FieldEditorProps) {
  const t = useT();
  const locale = useLocale();
  const inherited = inheritedOf(read.body.values, field.name.replace("attributes.", ""));
  const inheritedText = inherited && (field.type.values?.find((one) => one.value === String(inherited.value))?.label[locale] ?? editText(inherited.value));
  // What is inherited is not to be taken for something that was said of the CI.
  const [text, setText] = useState(() => (inherited?.shown ? "" : editText(field.read(read.body))));
  const [invalid, setInvalid] = useState(false);
  const [begun] = useState(read);
  const save = useSaveField(read.body.id);
  const conflict = save.error instanceof FieldConflict ? save.error : null;
  function inherit() {
    save.mutate({ on: begun, patch: field.patch(null), field: field.read }, { onSuccess: onDone });
  }
  function submit(on: TaggedCi) {
    const value = readValue(text, field.type.type);
    setInvalid(value === undefined);
    if (value === undefined || save.isPending) return;
    save.mutate({ on, patch: field.patch(value), field: field.read }, { onSuccess: onDone });
  }
  const error = invalid ? t("field.invalid") : fieldError(t, save.error, field.name);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit(begun);
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.nativeEvent.isComposing) onDone();
      }}
    >
      <span className={styles.edit}>
        <AttributeInput attribute={field.type} value={text} onChange={setText} control={{ className: controlClass, "aria-label": field.label, "aria-invalid": error ? true : undefined, placeholder: inheritedText, autoFocus: true }} />
        <Button small tone="primary" type="submit" busy={save.isPending}>
          {t("ui.save")}
        </Button>
        <IconButton small icon="close" label={t("ui.cancel")} onClick={onDone} />
      </span>
      {field.hint && <span className="muted">{field.hint}</span>}
      {inherited && (
        <span className={styles.other}>
          <InheritedFrom value={inherited} />
          {": "}
          <bdi>{visibleText(inheritedText ?? "")}</bdi> <InheritHint shown={inherited.shown} busy={save.isPending} onInherit={inherit} />
        </span>
      )}
      {error && <Note tone="critical">{error}</Note>}
      {conflict ? (
        <ConflictNote mine={text} theirs={editText(field.read(conflict.theirs.body))} onMine={() => submit(conflict.theirs)} onTheirs={onDone} />
      ) : (
        <ProblemNote error={save.error} fields={[field.name]} />
      )}
    </form>
  );
}

/** What to do to say otherwise, or the way back to what is inherited. */
function InheritHint({ shown, busy, onInherit }: { shown: boolean; busy: boolean; onInherit: () => void }) {
  const t = useT();
  if (shown) return <span>{t("ci.inherited_hint")}</span>;
  return (
    <Button small tone="quiet" busy={busy} onClick={onInherit}>
      {t("ci.inherit_again")}
    </Button>
  );
}

interface ConflictNoteProps {
  mine: string;
  theirs: string;
  onMine: () => void;
  onTheirs: () => void;
}

function ConflictNote({ mine, theirs, onMine, onTheirs }: ConflictNoteProps) {
  const t = useT();
  return (
    <Note tone="warning" role="alert">
      <strong>{t("conflict.title")}</strong>
      <div className={styles.conflict}>
        <span>
          {t("conflict.yours")}: <bdi>{visibleText(mine) || "—"}</bdi>
        </span>
        <span>
          {t("conflict.theirs")}: <bdi>{visibleText(theirs) || "—"}</bdi>
        </span>
        <span className="row wrap">
          <Button small onClick={onMine}>
            {t("conflict.keep_mine")}
          </Button>
          <Button small onClick={onTheirs}>
            {t("conflict.take_theirs")}
          </Button>
        </span>
      </div>
    </Note>
  );
}
