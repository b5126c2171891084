import { useState } from "react";
import type { Agent } from "../../api/types";
import { codeText, useT } from "../../i18n";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Code, visibleText } from "../../ui/Text";
import { Time } from "../../ui/Time";
import styles from "./Agents.module.css";

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
  return (
    <Dialog wide onClose={onClose} title={t("agents.contenders_title", { name: visibleText(agent.hostname) })} footer={<Button onClick={onClose}>{t("ui.close")}</Button>}>
      <p>{t("agents.contenders_text")}</p>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("agents.contenders_table")}>
        <table className={styles.plain}>
          <thead>
            <tr>
              <th scope="col">{t("agents.contender_standing")}</th>
              <th scope="col">{t("agents.address")}</th>
              <th scope="col">{t("agents.contender_booted")}</th>
              <th scope="col">{t("agents.contender_first")}</th>
              <th scope="col">{t("agents.contender_last")}</th>
            </tr>
          </thead>
          <tbody>
            {agent.contenders.map((one) => (
              <tr key={`${one.address} ${one.first_heard_at} ${one.last_heard_at}`}>
                <td>
                  <Badge tone={one.standing === "copy" ? "critical" : "warning"} mark={one.standing === "copy" ? "cross" : "half"}>
                    {codeText(t, "contender", one.standing)}
                  </Badge>
                </td>
                <td>
                  <Code>{one.address}</Code>
                </td>
                <td>
                  <Time at={one.booted_at} show="relative" />
                </td>
                <td>
                  <Time at={one.first_heard_at} show="relative" />
                </td>
                <td>
                  <Time at={one.last_heard_at} show="relative" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}
