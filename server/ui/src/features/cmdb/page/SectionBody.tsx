import type { ReactNode } from "react";
import { ApiError } from "../../../api/errors";
import type { SectionBodies } from "../../../api/sections";
import type { CiFault } from "../../../api/types";
import { codeText, useT } from "../../../i18n";
import { ErrorState } from "../../../layout/ErrorState";
import { EmptyState, Note, Skeleton } from "../../../ui/States";
import { Code } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { useSection } from "./useCi";

interface SectionBodyProps<Name extends keyof SectionBodies> {
  id: string;
  section: Name;
  children: (body: SectionBodies[Name], observedAt: string | null) => ReactNode;
}

/** A section of the last report, or why it is not there. A fault means unknown: what is shown is of before. */
export function SectionBody<Name extends keyof SectionBodies>({ id, section, children }: SectionBodyProps<Name>) {
  const t = useT();
  const stored = useSection(id, section);
  if (stored.isPending) return <Skeleton rows={4} label={t("ui.loading")} />;
  if (stored.error && !stored.data) {
    if (stored.error instanceof ApiError && stored.error.code === "not_found") return <EmptyState title={t("section.never", { name: codeText(t, "section", section) })}>{t("section.never_text")}</EmptyState>;
    return <ErrorState error={stored.error} onRetry={() => void stored.refetch()} />;
  }
  const { fault, body, observed_at: observedAt = null } = stored.data;
  if (fault && observedAt === null) return <NeverRead section={section} fault={fault} />;
  return (
    <>
      {fault && <FaultNote fault={fault} observedAt={observedAt} />}
      {children(body, observedAt)}
    </>
  );
}

/** There is nothing of before to show: an empty list would say that the host has none. */
function NeverRead({ section, fault }: { section: string; fault: Pick<CiFault, "cause" | "detail"> }) {
  const t = useT();
  return (
    <EmptyState icon="alert" title={t("section.unreadable", { name: codeText(t, "section", section) })}>
      {codeText(t, "cause", fault.cause)}: <Code>{fault.detail}</Code>
      <br />
      {codeText(t, "fault_remedy", fault.cause)}
    </EmptyState>
  );
}

function FaultNote({ fault, observedAt }: { fault: Pick<CiFault, "cause" | "detail">; observedAt: string | null }) {
  const t = useT();
  return (
    <div style={{ padding: 8 }}>
      <Note tone="warning">
        {codeText(t, "cause", fault.cause)}: <Code>{fault.detail}</Code>
        <br />
        {t("section.of_before")} <Time at={observedAt} show="full" />
      </Note>
    </div>
  );
}
