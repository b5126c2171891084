import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { attestationsQuery } from "../../../api/health";
import { codeText, useT } from "../../../i18n";
import { ProblemNote } from "../../../layout/ErrorState";
import { Button } from "../../../ui/Button";
import { Card, RowList } from "../../../ui/Card";
import { Name, visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { AttestDialog } from "./AttestDialog";

/** What is to be confirmed of this item, and who confirmed it before; nothing where nobody ever asked. */
export default function AttestationCard({ ci }: { ci: { id: string; name: string } }) {
  const t = useT();
  const asked = useQuery(attestationsQuery(ci.id));
  const [confirming, setConfirming] = useState(false);
  if (asked.error) {
    return (
      <Card title={t("attest.card")}>
        <ProblemNote error={asked.error} />
      </Card>
    );
  }
  if (!asked.data || (asked.data.due.length === 0 && asked.data.past.length === 0)) return null;
  const { due, past, may_attest: may } = asked.data;
  return (
    <Card
      flush
      title={t("attest.card")}
      actions={
        due.length > 0 && (
          <Button small tone="primary" reason={may ? null : codeText(t, "reason", "needs_permission")} onClick={() => setConfirming(true)}>
            {t("attest.confirm")}
          </Button>
        )
      }
    >
      <RowList>
        {due.map((one) => (
          <li key={one.policy.id}>
            <span className="stack grow" style={{ gap: 2 }}>
              <Name>{one.policy.name}</Name>
              <span>
                {t("attest.due")} <Time at={one.due_at} />
              </span>
            </span>
          </li>
        ))}
        {past.map((one) => (
          <li key={`${one.policy.id} ${one.at}`}>
            <span className="stack grow" style={{ gap: 2 }}>
              <span>
                {t("attest.by", { name: visibleText(one.by ?? "Terrier") })} <Time at={one.at} />
              </span>
              {one.note && <span>“{visibleText(one.note)}”</span>}
              <span className="muted">
                {one.policy.name} · {t("attest.holds_until")} <Time at={one.expires_at} show="day" />
              </span>
            </span>
          </li>
        ))}
      </RowList>
      {confirming && <AttestDialog ci={ci} onClose={() => setConfirming(false)} />}
    </Card>
  );
}
