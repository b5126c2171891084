import { useClassBook } from "../../../api/classes";
import type { Ci } from "../../../api/types";
import { useTimeStyle } from "../../../format/TimeContext";
import { codeText, useT } from "../../../i18n";
import { fieldText } from "../../../layout/ErrorState";
import { Badge } from "../../../ui/Badge";
import { Card, RowList } from "../../../ui/Card";
import { visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { showValue } from "../attributes";

/** What the class forbids of this item: values that were left out or stand from before a rule, and missing ones. */
export function Findings({ ci }: { ci: Ci }) {
  const t = useT();
  const book = useClassBook();
  const style = useTimeStyle();
  return (
    <Card flush title={t("findings.title")}>
      <RowList>
        {ci.findings.map((one) => {
          const attribute = book.attribute(ci.class, one.attribute);
          return (
            <li key={`${one.attribute}/${one.source ?? ""}/${one.refused}`} className="row wrap">
              <strong>{attribute ? book.text(attribute.label) : one.attribute}</strong>
              <span>{fieldText(t, { field: one.attribute, code: one.code, detail: one.detail, ...(one.limit === null || one.limit === undefined ? {} : { limit: one.limit }) })}</span>
              {one.value !== null && one.value !== undefined && <bdi className="muted">{visibleText(showValue(one.value, attribute, t, style))}</bdi>}
              {one.source && <span className="muted">{codeText(t, "source", one.source)}</span>}
              {one.source && <Badge tone={one.refused ? "warning" : "neutral"}>{t(one.refused ? "findings.refused" : "findings.older")}</Badge>}
              {one.since && <Time at={one.since} show="relative" />}
            </li>
          );
        })}
      </RowList>
    </Card>
  );
}
