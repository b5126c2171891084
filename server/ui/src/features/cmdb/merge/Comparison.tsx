import { useState } from "react";
import { useClassBook } from "../../../api/classes";
import type { Ci } from "../../../api/types";
import { useTimeStyle } from "../../../format/TimeContext";
import { codeText, useT, type MessageKey, type Translate } from "../../../i18n";
import { Button } from "../../../ui/Button";
import { EmptyState } from "../../../ui/States";
import { TableFoot } from "../../../ui/TableFoot";
import { visibleText } from "../../../ui/Text";
import { showValue } from "../attributes";
import { compareCis, type ComparedLine } from "./compare";
import { PairTable } from "./Pairs";

/** What every CI has, by the message that names it. */
const LABELS: Partial<Record<string, MessageKey>> = {
  name: "ci.name",
  class: "ci.class",
  lifecycle: "ci.lifecycle",
  organisation: "ci.organisation",
  owner: "ci.owner",
  support_team: "ci.support_team",
  criticality: "ci.criticality",
  environment: "ci.environment",
};

/** What two CIs say of themselves, side by side; what agrees is shown when asked for. */
export function Comparison({ left, right, heads }: { left: Ci; right: Ci; heads: readonly [string, string] }) {
  const t = useT();
  const book = useClassBook();
  const style = useTimeStyle();
  const [whole, setWhole] = useState(false);
  const lines = compareCis(left, right, book);
  const telling = lines.filter((line) => line.finding !== "agrees");
  const agreeing = lines.length - telling.length;
  const shown = whole ? lines : telling;
  const value = (line: ComparedLine, said: unknown) => {
    if (line.key === "class") return book.label(String(said));
    if (typeof said === "string" && (line.key === "lifecycle" || line.key === "environment")) return codeText(t, line.key, said);
    if (line.key === "criticality") return said ? `T${String(said)}` : "—";
    return <bdi>{visibleText(showValue(said, line.attribute, t, style))}</bdi>;
  };
  const label = (line: ComparedLine) => labelOf(t, line) ?? (line.attribute ? book.text(line.attribute.label) : line.key);
  return (
    <>
      {shown.length === 0 ? (
        <EmptyState icon="check" title={t("pair.no_difference")} />
      ) : (
        <PairTable label={t("pair.attributes")} heads={heads} lines={shown.map((line) => ({ key: line.key, label: label(line), finding: line.finding, left: value(line, line.left), right: value(line, line.right) }))} />
      )}
      {agreeing > 0 && (
        <TableFoot>
          <Button small tone="quiet" aria-expanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? t("pair.hide_agreeing") : t("pair.agreeing", { count: agreeing })}
          </Button>
        </TableFoot>
      )}
    </>
  );
}

function labelOf(t: Translate, line: ComparedLine): string | null {
  const key = line.attribute ? undefined : LABELS[line.key];
  return key ? t(key) : null;
}
