import type { ClassAttribute } from "../../../api/types";
import { codeText, useLocale, useT } from "../../../i18n";
import { fieldError } from "../../../layout/ErrorState";
import { oneOf } from "../../../search";
import { Check, SelectField, TextField } from "../../../ui/Field";
import styles from "./Classes.module.css";
import { rulesFor, type AttributeType, type RulesDraft } from "./draft";

const scopes = ["class", "organisation", "installation"] as const;

/** The fields that {@link RuleFields} shows errors at. */
export const ruleFieldNames = ["rules.min", "rules.patterns", "rules.patterns[0].regex", "rules.patterns[0].hint.en", "rules.patterns[0].hint.ko", "rules.unique", "rules.required_if[0].attribute", "rules.required_if[0].values"];

interface RuleFieldsProps {
  draft: RulesDraft;
  type: AttributeType;
  /** The attributes that a condition can ask for. */
  others: readonly ClassAttribute[];
  error: unknown;
  onChange: (draft: RulesDraft) => void;
}

/** What values must be like: only what the type can have. */
export function RuleFields({ draft, type, others, error, onChange }: RuleFieldsProps) {
  const t = useT();
  const locale = useLocale();
  const can = rulesFor(type);
  const set = (part: Partial<RulesDraft>) => onChange({ ...draft, ...part });
  const optional = t("ui.optional");
  return (
    <fieldset className="stack">
      <legend className={styles.legend}>{t("classes.rules")}</legend>
      <div className="row wrap">
        <Check label={t("rule.required")} checked={draft.required} onChange={(event) => set({ required: event.target.checked })} />
        <Check label={t("rule.recommended")} checked={draft.recommended} onChange={(event) => set({ recommended: event.target.checked })} />
      </div>
      <div className="pairs">
        {can.range && <TextField label={t("classes.min")} optional={optional} inputMode="decimal" value={draft.min} error={fieldError(t, error, "rules.min")} onChange={(event) => set({ min: event.target.value })} />}
        {can.range && <TextField label={t("classes.max")} optional={optional} inputMode="decimal" value={draft.max} onChange={(event) => set({ max: event.target.value })} />}
        {can.text && <TextField label={t("classes.shortest")} optional={optional} inputMode="numeric" value={draft.shortest} onChange={(event) => set({ shortest: event.target.value })} />}
        {can.text && <TextField label={t("classes.longest")} optional={optional} inputMode="numeric" value={draft.longest} onChange={(event) => set({ longest: event.target.value })} />}
        {can.text && <TextField label={t("classes.pattern")} hint={t("classes.pattern_hint")} optional={optional} value={draft.pattern} error={fieldError(t, error, "rules.patterns[0].regex") ?? fieldError(t, error, "rules.patterns")} onChange={(event) => set({ pattern: event.target.value })} />}
        {can.text && draft.pattern !== "" && (
          <>
            <TextField label={t("classes.pattern_words_en")} lang="en" optional={optional} value={draft.hintEn} error={fieldError(t, error, "rules.patterns[0].hint.en")} onChange={(event) => set({ hintEn: event.target.value })} />
            <TextField label={t("classes.pattern_words_ko")} lang="ko" optional={optional} value={draft.hintKo} error={fieldError(t, error, "rules.patterns[0].hint.ko")} onChange={(event) => set({ hintKo: event.target.value })} />
          </>
        )}
        {can.unique && (
          <SelectField label={t("classes.unique")} optional={optional} value={draft.unique} error={fieldError(t, error, "rules.unique")} onChange={(event) => set({ unique: oneOf(event.target.value, scopes) ?? "" })}>
            <option value="">{t("classes.not_unique")}</option>
            {scopes.map((one) => (
              <option key={one} value={one}>
                {codeText(t, "rule.unique", one)}
              </option>
            ))}
          </SelectField>
        )}
        <SelectField label={t("classes.required_if")} optional={optional} value={draft.ifAttribute} error={fieldError(t, error, "rules.required_if[0].attribute")} onChange={(event) => set({ ifAttribute: event.target.value, ifValues: "" })}>
          <option value="">—</option>
          {others.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label[locale]}
            </option>
          ))}
        </SelectField>
        {draft.ifAttribute !== "" && <TextField label={t("classes.required_if_values")} hint={t("classes.required_if_hint")} optional={optional} value={draft.ifValues} error={fieldError(t, error, "rules.required_if[0].values")} onChange={(event) => set({ ifValues: event.target.value })} />}
      </div>
    </fieldset>
  );
}
