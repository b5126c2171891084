import { useMutation } from "@tanstack/react-query";
import { useRef, useState, type DragEvent } from "react";
import { answer, api } from "../../api/client";
import { ApiError } from "../../api/errors";
import type { ExplainBody } from "../../api/identity";
import { useT } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Field, SelectField } from "../../ui/Field";
import { CopyLine } from "../../ui/Text";
import { Explained } from "./Explained";
import { COMMAND, readReport, type ReportProblem } from "./report";
import { useOrganisations } from "./useOrganisations";

/** Tells which item a report would be taken for, and by which rules. Nothing is written. */
export function Explain() {
  const t = useT();
  const organisations = useOrganisations();
  const [text, setText] = useState("");
  const [organisation, setOrganisation] = useState("");
  const [problem, setProblem] = useState<ReportProblem | null>(null);
  const explain = useMutation({ mutationFn: (body: ExplainBody) => answer(api.POST("/identification/explain", { body })) });
  function submit() {
    const read = readReport(text);
    setProblem("problem" in read ? read.problem : null);
    if ("problem" in read) explain.reset();
    else explain.mutate({ sections: read.sections, ...(organisation ? { organisation_id: organisation } : {}) });
  }
  return (
    <>
      <Card title={t("explain.title")}>
        <form
          noValidate
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (!explain.isPending) submit();
          }}
        >
          <p className="soft">{t("explain.intro")}</p>
          <CopyLine text={COMMAND} label={t("explain.copy_command")} />
          <ReportField text={text} onText={setText} error={problem ? t(`explain.${problem}`) : sectionError(explain.error)} />
          {organisations.length > 1 && (
            <SelectField label={t("explain.organisation")} value={organisation} error={fieldError(t, explain.error, "organisation_id")} onChange={(event) => setOrganisation(event.target.value)}>
              <option value="">{t("explain.everywhere")}</option>
              {organisations.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </SelectField>
          )}
          {!sectionError(explain.error) && <ProblemNote error={explain.error} fields={["organisation_id"]} />}
          <span>
            <Button tone="primary" type="submit" busy={explain.isPending}>
              {t("explain.submit")}
            </Button>
          </span>
        </form>
      </Card>
      {explain.data && !problem && <Explained explanation={explain.data} />}
    </>
  );
}

/** What the server cannot read of a report, in its own words: they name the section and the place. */
function sectionError(error: unknown): string | null {
  const refused = error instanceof ApiError ? error.fields.find((one) => one.field.startsWith("sections")) : undefined;
  return refused ? (refused.detail ?? refused.code) : null;
}

/** Where the report is pasted, dropped or chosen as a file. */
function ReportField({ text, onText, error }: { text: string; onText: (text: string) => void; error: string | null }) {
  const t = useT();
  const file = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  async function take(given: File | undefined) {
    if (given) onText(await given.text());
  }
  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  }
  return (
    <Field label={t("explain.report")} hint={t("explain.report_hint")} error={error}>
      {(control) => (
        <>
          <textarea
            {...control}
            className={`${control.className} mono`}
            rows={7}
            style={over ? { outline: "2px dashed var(--accent)" } : undefined}
            spellCheck={false}
            placeholder={'{"agent_version":"…","sections":{"identity":{…},"network":{…}}}'}
            value={text}
            onChange={(event) => onText(event.target.value)}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={drop}
          />
          <span className="row">
            <Button small onClick={() => file.current?.click()}>
              {t("explain.choose_file")}
            </Button>
            {text && (
              <Button small tone="quiet" onClick={() => onText("")}>
                {t("ui.clear")}
              </Button>
            )}
          </span>
          <input
            ref={file}
            type="file"
            hidden
            accept=".json,application/json"
            aria-label={t("explain.choose_file")}
            onChange={(event) => {
              void take(event.target.files?.[0]);
              event.target.value = "";
            }}
          />
        </>
      )}
    </Field>
  );
}
