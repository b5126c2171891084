import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { verdict } from "../../api/can";
import { rulesQuery } from "../../api/identity";
import { codeText, useT } from "../../i18n";
import { Page } from "../../layout/Page";
import { Button } from "../../ui/Button";
import { Segments } from "../../ui/Field";
import { useKeys } from "../../ui/keys";
import { useNarrow } from "../../ui/useNarrow";
import { Explain } from "./Explain";
import { identificationViews } from "./filters";
import { JudgeDialog } from "./JudgeDialog";
import { RuleDialog } from "./RuleDialog";
import { Rules } from "./Rules";
import { SharedIdentifiers } from "./SharedIdentifiers";

const route = getRouteApi("/app/admin/identification");

/** Who is who: the rules, what they do not count, and what they say of a report. */
export function IdentificationPage() {
  const t = useT();
  const narrow = useNarrow();
  const { view = "rules" } = route.useSearch();
  const navigate = route.useNavigate();
  const [adding, setAdding] = useState(false);
  const rules = useQuery(rulesQuery);
  const edit = rules.data ? verdict(rules.data, "edit") : null;
  const reason = edit && !edit.allowed ? codeText(t, "reason", edit.reason ?? "needs_permission") : null;
  const adds = edit?.offered === true && view !== "explain";
  useKeys(adds && !reason ? { c: () => setAdding(true) } : {});
  return (
    <Page
      fill={view === "identifiers" && !narrow}
      title={t("nav.identification")}
      actions={
        <>
          <Segments label={t("identification.view")} value={view} options={identificationViews.map((one) => [one, t(`identification.view_${one}`)] as const)} onChange={(next) => void navigate({ search: { view: next === "rules" ? undefined : next } })} />
          {adds && (
            <Button tone="primary" icon="plus" reason={reason} onClick={() => setAdding(true)}>
              {t(view === "rules" ? "identification.add" : "shared.add")}
            </Button>
          )}
        </>
      }
    >
      {view === "rules" && <Rules rules={rules.data} error={rules.error} retry={() => void rules.refetch()} reason={reason} />}
      {view === "identifiers" && <SharedIdentifiers reason={reason} />}
      {view === "explain" && <Explain />}
      {adding && view === "rules" && rules.data && <RuleDialog rule={null} words={rules.data} onClose={() => setAdding(false)} />}
      {adding && view === "identifiers" && <JudgeDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}
