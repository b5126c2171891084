import { codeText, useT } from "../../../i18n";
import { Badge } from "../../../ui/Badge";
import { Card, Facts } from "../../../ui/Card";
import { EmptyState } from "../../../ui/States";
import { Code } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import type { TabProps } from "./CiPage";

/** What the agent could not read, what is unknown because of it, and what helps. */
export default function FaultsTab({ read }: TabProps) {
  const t = useT();
  const { faults } = read.body;
  if (faults.length === 0) {
    return (
      <Card flush>
        <EmptyState icon="check" title={t("faults.none")}>
          {t("faults.none_text")}
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className="stack">
      <p className="soft">{t("faults.intro")}</p>
      {faults.map((fault) => (
        <Card
          key={fault.section}
          title={
            <>
              {codeText(t, "section", fault.section)}
              <Badge tone="warning" mark="half">
                {codeText(t, "cause", fault.cause)}
              </Badge>
            </>
          }
        >
          <Facts
            items={[
              [t("faults.detail"), <Code key="d">{fault.detail}</Code>],
              [t("faults.since"), <Time key="s" at={fault.since} show="full" />],
              [t("faults.unknown_now"), codeText(t, "fault_effect", fault.section)],
              [t("faults.remedy"), codeText(t, "fault_remedy", fault.cause)],
            ]}
          />
        </Card>
      ))}
    </div>
  );
}
