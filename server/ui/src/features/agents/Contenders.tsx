import { useMemo, useState } from "react";
import type { Agent } from "../../api/types";
import { codeText, useT } from "../../i18n";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { DataTable, type Column } from "../../ui/DataTable";
import { Dialog } from "../../ui/Dialog";
import { Code, visibleText } from "../../ui/Text";
import { Time } from "../../ui/Time";

type Contender = Agent["contenders"][number];

/** Whether an agent had the identity of another, and which other machines speak with its own. */
export function IdentityMark({ agent }: { agent: Agent }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const count = agent.contenders.length;
  return (
    <>
      {count > 0 && (
        <Button small tone="danger" onClick={() => setOpen(true)}>
          {t("agents.contenders", { count })}
        </Button>
      )}
      {agent.copy_of && <span className="muted">{t("agents.copy_of", { name: visibleText(agent.copy_of.hostname) })}</span>}
      {open && <ContendersDialog agent={agent} onClose={() => setOpen(false)} />}
    </>
  );
}

function ContendersDialog({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const t = useT();
  const columns = useColumns();
  return (
    <Dialog wide onClose={onClose} title={t("agents.contenders_title", { name: visibleText(agent.hostname) })} footer={<Button onClick={onClose}>{t("ui.close")}</Button>}>
      <p>{t("agents.contenders_text")}</p>
      <DataTable label={t("agents.contenders_table")} columns={columns} rows={agent.contenders} rowKey={(one) => `${one.address} ${one.first_heard_at} ${one.last_heard_at}`} />
    </Dialog>
  );
}

function useColumns(): Column<Contender>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "standing", header: t("agents.contender_standing"), size: 96, value: (one) => one.standing, cell: (one) => <Standing standing={one.standing} /> },
      { id: "address", header: t("agents.address"), size: 112, value: (one) => one.address, cell: (one) => <Code>{one.address}</Code> },
      { id: "booted", header: t("agents.contender_booted"), size: 88, value: (one) => one.booted_at, cell: (one) => <Time at={one.booted_at} show="relative" /> },
      { id: "first", header: t("agents.contender_first"), size: 96, value: (one) => one.first_heard_at, cell: (one) => <Time at={one.first_heard_at} show="relative" /> },
      { id: "last", header: t("agents.contender_last"), size: 96, value: (one) => one.last_heard_at, cell: (one) => <Time at={one.last_heard_at} show="relative" /> },
    ],
    [t],
  );
}

function Standing({ standing }: { standing: Contender["standing"] }) {
  const t = useT();
  const [tone, mark] = standing === "copy" ? (["critical", "cross"] as const) : (["warning", "half"] as const);
  return (
    <Badge tone={tone} mark={mark}>
      {codeText(t, "contender", standing)}
    </Badge>
  );
}
