import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useClassBook } from "../../api/classes";
import type { ImportItem, ImportReport } from "../../api/types";
import { formatNumber } from "../../format/number";
import { codeText, useLocale, useT } from "../../i18n";
import { paths } from "../../paths";
import { Badge, type Tone } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Tile, Tiles } from "../../ui/Card";
import { Code, Name } from "../../ui/Text";
import styles from "./Imports.module.css";

const TONES: Record<ImportItem["outcome"], Tone> = { created: "accent", changed: "ok", unchanged: "neutral", refused: "critical" };
/** Devices that are shown before the reader asks for all. */
const FIRST = 20;

/** What became of a file, or what would. */
export function ReportView({ report }: { report: ImportReport }) {
  const t = useT();
  const locale = useLocale();
  const [all, setAll] = useState(false);
  const { totals, items } = report;
  const number = (value: number) => formatNumber(value, locale);
  const shown = all ? items : items.slice(0, FIRST);
  return (
    <div className="stack">
      <p className="muted">{codeText(t, "import_format", report.format)}</p>
      <Tiles>
        <Tile label={t("import_outcome.created")} value={number(totals.created)} />
        <Tile label={t("import_outcome.changed")} value={number(totals.changed)} />
        <Tile label={t("import_outcome.unchanged")} value={number(totals.unchanged)} />
        <Tile label={t("imports.not_taken")} value={number(totals.not_taken)} note={t("imports.not_taken_note")} />
      </Tiles>
      {shown.map((item) => (
        <ItemView key={item.reporter} item={item} />
      ))}
      {shown.length < items.length && (
        <div>
          <Button small onClick={() => setAll(true)}>
            {t("imports.show_all", { count: items.length })}
          </Button>
        </div>
      )}
    </div>
  );
}

function ItemView({ item }: { item: ImportItem }) {
  const t = useT();
  const book = useClassBook();
  const facts = useFacts(item);
  return (
    <section className="stack" aria-label={item.name}>
      <div className={styles.bar}>
        <Badge tone={TONES[item.outcome]}>{t(`import_outcome.${item.outcome}`)}</Badge>
        {item.line && <span className="muted num">{t("exchange.line", { line: item.line })}</span>}
        <strong className={styles.grow}>{item.ci_id ? <Link {...paths.ci(item.ci_id)}>{item.name}</Link> : <Name>{item.name}</Name>}</strong>
        {item.class && <span className="muted">{book.label(item.class)}</span>}
      </div>
      {item.reason && <p className="soft">{item.reason}</p>}
      {item.own_agent && <p className="soft">{t("imports.own_agent")}</p>}
      {facts.length > 0 && <p>{facts.join(" · ")}</p>}
      <Faults item={item} />
      <NotTaken item={item} />
    </section>
  );
}

/** Why a row, or a relation of it, was not taken: the server's own words name the column. */
function Faults({ item }: { item: ImportItem }) {
  const t = useT();
  const errors = item.errors ?? [];
  if (errors.length === 0) return null;
  return (
    <ul className={styles.lines} aria-label={t("exchange.refused_of", { count: errors.length })}>
      {errors.map((error) => (
        <li key={`${error.field} ${error.code}`} className={styles.line}>
          {error.field && <Code>{error.field}</Code>}
          <span>{error.detail}</span>
        </li>
      ))}
    </ul>
  );
}

function useFacts(item: ImportItem): string[] {
  const t = useT();
  const book = useClassBook();
  return useMemo(() => {
    const under = Object.entries(item.created_under).map(([name, count]) => `${book.label(name)} +${count}`);
    const counted = [
      ["values", item.values],
      ["installed", item.installed],
      ["removed", item.removed],
      ["relations", item.relations],
      ["gone", item.gone],
    ] as const;
    return [...under, ...counted.filter(([, count]) => count > 0).map(([name, count]) => t(`imports.fact_${name}`, { count }))];
  }, [t, item, book]);
}

function NotTaken({ item }: { item: ImportItem }) {
  const t = useT();
  const count = item.not_taken.reduce((sum, one) => sum + one.count, 0);
  if (count === 0) return null;
  return (
    <details>
      <summary>{t("imports.not_taken_of", { count })}</summary>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("imports.not_taken")}>
        <ul className={styles.lines}>
          {item.not_taken.map((one) => (
            <li key={one.path} className={styles.line}>
              <Code>{one.path}</Code>
              {one.count > 1 && <span className="num">× {one.count}</span>}
              {one.name && <Name>{one.name}</Name>}
              <span className="soft">{codeText(t, "not_taken", one.reason)}</span>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}
