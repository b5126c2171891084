import type { ReactNode } from "react";
import { codeText, useT } from "../../../i18n";
import { Badge, type Mark, type Tone } from "../../../ui/Badge";
import { Code } from "../../../ui/Text";
import styles from "./Merge.module.css";

const LOOKS: Record<string, [Tone, Mark]> = { agrees: ["ok", "round"], differs: ["warning", "cross"], one_sided: ["neutral", "half"] };

/** What a comparison found, as a word with a shape. */
export function FindingBadge({ finding }: { finding: string }) {
  const t = useT();
  const [tone, mark] = LOOKS[finding] ?? ["neutral", "square"];
  return (
    <Badge tone={tone} mark={mark}>
      {codeText(t, "pair", finding)}
    </Badge>
  );
}

export interface PairLine {
  key: string;
  label: string;
  finding: string;
  left: ReactNode;
  right: ReactNode;
}

/** Two things side by side, line by line. */
export function PairTable({ label, heads, lines }: { label: string; heads: readonly [string, string]; lines: readonly PairLine[] }) {
  const t = useT();
  return (
    <table className={styles.pairs} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{t("pair.what")}</th>
          <th scope="col">{heads[0]}</th>
          <th scope="col">{heads[1]}</th>
          <th scope="col">{t("pair.finding")}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.key}>
            <th scope="row">{line.label}</th>
            <td>{line.left}</td>
            <td>{line.right}</td>
            <td>
              <FindingBadge finding={line.finding} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Identifiers of one side; those that the other carries as well come first, behind a sign of equality. */
export function Identifiers({ values, others }: { values: readonly string[]; others: readonly string[] }) {
  if (values.length === 0) return <span className="muted">—</span>;
  const isCommon = (value: string) => others.includes(value);
  const sorted = [...values].sort((one, other) => Number(isCommon(other)) - Number(isCommon(one)));
  return (
    <ul>
      {sorted.map((value) => (
        <li key={value}>
          {isCommon(value) ? (
            <strong className="row" style={{ gap: 4, alignItems: "baseline" }}>
              <span>=</span>
              <Code>{value}</Code>
            </strong>
          ) : (
            <Code>{value}</Code>
          )}
        </li>
      ))}
    </ul>
  );
}
