import { Link } from "@tanstack/react-router";
import { useClassBook } from "../../../api/classes";
import { answer, api } from "../../../api/client";
import type { SilentHost } from "../../../api/health";
import { useList } from "../../../api/queries";
import { useT } from "../../../i18n";
import { ExportButton } from "../../../layout/ExportButton";
import { ListBody } from "../../../layout/ListBody";
import { paths } from "../../../paths";
import { ClassLetter } from "../../../ui/Badge";
import { Card } from "../../../ui/Card";
import { Name } from "../../../ui/Text";
import { healthFilter, type HealthSearch } from "./filters";
import styles from "./Health.module.css";
import { SilenceView } from "./SilenceView";

/** Hosts that have not been heard for a day, longest silent first, each with what others saw of it. */
export function SilentHosts({ search }: { search: HealthSearch }) {
  const t = useT();
  const book = useClassBook();
  const filter = healthFilter(search);
  const list = useList<SilentHost>(["silences", filter], (cursor, signal) => answer(api.GET("/silences", { params: { query: { ...filter, limit: 20, ...(cursor ? { cursor } : {}) } }, signal })));
  return (
    <Card flush title={t("figures.view_silent")} actions={list.rows.length > 0 && <ExportButton path="/silences" params={filter} />}>
      <ListBody list={list} emptyTitle={t("silent.none")} emptyText={t("silent.none_text")}>
        <ul style={{ margin: 0, padding: 0, listStyle: "none" }}>
          {list.rows.map(({ ci, silence }) => (
            <li key={ci.id} className={styles.host}>
              <span className="row">
                <ClassLetter {...book.mark(ci.class)} />
                <Link {...paths.ci(ci.id)}>
                  <Name>{ci.name}</Name>
                </Link>
                <span className="muted">{ci.organisation.name}</span>
              </span>
              {silence ? <SilenceView id={ci.id} silence={silence} /> : <span className="muted">{t("silent.no_agent")}</span>}
            </li>
          ))}
        </ul>
      </ListBody>
    </Card>
  );
}
