import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { can } from "../../api/can";
import { answer, api } from "../../api/client";
import { useList } from "../../api/queries";
import { useSession } from "../../api/session";
import type { DeadLetter, DeadLetterPage } from "../../api/types";
import { formatNumber } from "../../format/number";
import { codeText, useLocale, useT } from "../../i18n";
import { ListBody } from "../../layout/ListBody";
import { FillCard } from "../../layout/Page";
import { Badge, type Tone } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { DataTable, type Column } from "../../ui/DataTable";
import { Segments } from "../../ui/Field";
import { SearchField } from "../../ui/SearchField";
import { Code, Name } from "../../ui/Text";
import { Time } from "../../ui/Time";
import styles from "./Agents.module.css";
import { DeadLetterDialog, DiscardDialog } from "./DeadLetterDialogs";
import { deadLetterCauses } from "./filters";

const route = getRouteApi("/app/agents");
const TONES: Record<DeadLetter["cause"], Tone> = { rejected: "warning", quarantined: "accent", poison: "critical" };

/** Reports that were set aside: why, what is in them, and what to do about them. */
export function DeadLetters() {
  const t = useT();
  const locale = useLocale();
  const session = useSession();
  const { q, cause } = route.useSearch();
  const navigate = route.useNavigate();
  const [open, setOpen] = useState<DeadLetter | null>(null);
  const [discarding, setDiscarding] = useState(false);
  const find = (text: string) => void navigate({ search: (before) => ({ ...before, q: text || undefined }), replace: true });
  const list = useList<DeadLetter, DeadLetterPage>(["dead-letters", q ?? "", cause ?? ""], (cursor, signal) => answer(api.GET("/dead-letters", { params: { query: { q, cause, limit: 100, cursor } }, signal })));
  const columns = useColumns(setOpen);
  const counts = list.first?.counts;
  const total = counts ? (cause ? counts[cause] : counts.rejected + counts.quarantined + counts.poison) : 0;
  const labelled = (one: DeadLetter["cause"]) => `${t(`dead_letter_cause.${one}`)}${counts ? ` ${formatNumber(counts[one], locale)}` : ""}`;
  const options = [["all", t("ui.all")] as const, ...deadLetterCauses.map((one) => [one, labelled(one)] as const)];
  const newest = list.rows[0];
  return (
    <>
      <div className={styles.bar}>
        <SearchField hotkey className={styles.search} label={t("dead_letters.search")} clearLabel={t("ui.clear")} value={q ?? ""} onSearch={find} />
        <Segments label={t("dead_letters.cause")} value={cause ?? "all"} options={options} onChange={(next) => void navigate({ search: (before) => ({ ...before, cause: deadLetterCauses.find((one) => one === next) }) })} />
        {newest && can(session, "agent.manage") && (
          <Button tone="danger" onClick={() => setDiscarding(true)}>
            {t("dead_letters.discard_all", { count: total })}
          </Button>
        )}
      </div>
      <FillCard>
        <ListBody list={list} filtered={q !== undefined || cause !== undefined} onClear={() => void navigate({ search: { view: "dead_letters" } })} emptyTitle={t("dead_letters.empty")} emptyText={t("dead_letters.empty_text")}>
          <DataTable label={t("dead_letters.title")} height="fill" scrollId="dead-letters" hotkeys columns={columns} rows={list.rows} rowKey={(row) => String(row.id)} stale={list.stale} onSort={noSort} onEnd={list.loadMore} />
        </ListBody>
      </FillCard>
      {open && <DeadLetterDialog letter={open} onClose={() => setOpen(null)} />}
      {discarding && newest && <DiscardDialog count={total} wanted={{ up_to: newest.id, q: q ?? null, cause: cause ?? null }} onClose={() => setDiscarding(false)} />}
    </>
  );
}

/** They have one order: the latest first. */
function noSort() {}

function useColumns(open: (letter: DeadLetter) => void): Column<DeadLetter>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "received", header: t("dead_letters.received"), size: 140, cell: (row) => <Time at={row.received_at} /> },
      { id: "hostname", header: t("agents.hostname"), size: 150, cell: (row) => <Name>{row.agent.hostname}</Name> },
      { id: "cause", header: t("dead_letters.cause"), size: 130, cell: (row) => <Badge tone={TONES[row.cause]}>{t(`dead_letter_cause.${row.cause}`)}</Badge> },
      { id: "section", header: t("dead_letters.section"), size: 110, cell: (row) => (row.section ? codeText(t, "section", row.section) : "—") },
      { id: "reason", header: t("dead_letters.reason"), size: 360, cell: (row) => <Code>{row.reason}</Code> },
      { id: "kept", header: t("dead_letters.kept_until"), size: 104, cell: (row) => <Time at={row.kept_until} show="day" /> },
      {
        id: "actions",
        header: t("ui.actions"),
        size: 92,
        pinned: true,
        cell: (row) => (
          <Button small onClick={() => open(row)} aria-label={t("dead_letters.open", { id: row.id })}>
            {t("audit.details")}
          </Button>
        ),
      },
    ],
    [t, open],
  );
}
