import type { AuditEntry } from "../../api/types";
import { codeText, useT } from "../../i18n";
import { Button } from "../../ui/Button";
import { Facts } from "../../ui/Card";
import { Dialog } from "../../ui/Dialog";
import { Code, CopyButton, visibleText } from "../../ui/Text";
import { Time } from "../../ui/Time";

/** One audit row with everything it records. */
export function AuditDialog({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  const t = useT();
  return (
    <Dialog wide onClose={onClose} title={`${codeText(t, "action", entry.action)} · ${entry.seq}`} footer={<Button onClick={onClose}>{t("ui.close")}</Button>}>
      <Facts
        items={[
          [t("audit.at"), <Time key="t" at={entry.at} show="full" />],
          [t("audit.actor"), `${visibleText(entry.actor.name ?? "—")} (${codeText(t, "actor", entry.actor.kind)})`],
          [t("audit.action"), <Code key="a">{entry.action}</Code>],
          [t("audit.object"), `${codeText(t, "object_kind", entry.object.kind)} · ${visibleText(entry.object.name ?? "—")}`],
          [t("audit.object_id"), <Code key="o">{entry.object.id}</Code>],
          [t("audit.address"), entry.address ? <Code key="i">{entry.address}</Code> : null],
          [t("problem.request_id"), entry.request_id ? <RequestId key="r" id={entry.request_id} /> : null],
          [t("audit.hash"), <Code key="h">{entry.hash}</Code>],
          ...Object.entries(entry.details).map(([name, value]) => [visibleText(name), <Code key={name}>{typeof value === "string" ? value : JSON.stringify(value)}</Code>] as const),
        ]}
      />
    </Dialog>
  );
}

function RequestId({ id }: { id: string }) {
  const t = useT();
  return (
    <span className="row">
      <Code>{id}</Code>
      <CopyButton text={id} label={t("problem.copy_request_id")} />
    </span>
  );
}
