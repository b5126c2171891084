import { Link } from "@tanstack/react-router";
import { useClassBook } from "../../../api/classes";
import type { Ci } from "../../../api/types";
import { useT } from "../../../i18n";
import { paths } from "../../../paths";
import { ClassLetter } from "../../../ui/Badge";
import { Card } from "../../../ui/Card";
import { Radio } from "../../../ui/Field";
import { Name, visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { ObservationBadge } from "../words";
import styles from "./Merge.module.css";

export interface Side {
  id: string;
  name: string;
  class: string;
  /** Which of the two it is. */
  tag: string;
  /** All of it, once it is here. */
  ci: Ci | undefined;
}

interface SidesProps {
  sides: readonly Side[];
  /** The one that stays; `null` where there is nothing to choose. */
  chosen: string | null;
  onChoose: (id: string) => void;
}

/** The two items at the top of a comparison, and which of them stays. */
export function Sides({ sides, chosen, onChoose }: SidesProps) {
  const t = useT();
  const book = useClassBook();
  return (
    <div className={styles.sides} role={chosen === null ? undefined : "radiogroup"} aria-label={chosen === null ? undefined : t("merge.which_stays")}>
      {sides.map((side) => (
        <Card key={side.id}>
          <div className="stack" style={{ gap: 4 }}>
          <span className="muted">{side.tag}</span>
          <span className="row">
            <ClassLetter {...book.mark(side.class)} />
            <Link {...paths.ci(side.id)} className="grow">
              <Name>{side.name}</Name>
            </Link>
          </span>
          <span className="row wrap soft">
            {book.label(side.class)}
            {side.ci && <ObservationBadge state={side.ci.observation.state} />}
          </span>
          {side.ci?.observation.first_seen && (
            <span className="soft">
              {t("ci.first_seen")} <Time at={side.ci.observation.first_seen} show="day" />
              {" · "}
              {t("ci.last_seen")} <Time at={side.ci.observation.last_seen} show="relative" />
            </span>
          )}
          {chosen !== null && <Radio name="survivor" label={t("merge.stays")} aria-label={t("merge.stays_of", { name: visibleText(side.name), tag: side.tag })} checked={chosen === side.id} onChange={() => onChoose(side.id)} />}
          </div>
        </Card>
      ))}
    </div>
  );
}
