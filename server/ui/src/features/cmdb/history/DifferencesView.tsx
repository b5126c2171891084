import { Link } from "@tanstack/react-router";
import type { Differences } from "../../../api/types";
import { codeText, useT } from "../../../i18n";
import { paths } from "../../../paths";
import { Badge } from "../../../ui/Badge";
import { Name, visibleText } from "../../../ui/Text";
import { useAttributeWords } from "../attributeWords";
import styles from "./History.module.css";

interface DifferencesProps {
  className: string;
  differences: Differences;
}

/** What differs of one CI, line by line: what it was and what it is. */
export function DifferencesView({ className, differences }: DifferencesProps) {
  const t = useT();
  const { attributes, relations, software } = differences;
  if (attributes.length + relations.length + software.length === 0) return <p className="muted">{t("drift.nothing")}</p>;
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("drift.what")}</th>
            <th scope="col">{t("drift.before")}</th>
            <th scope="col">{t("drift.after")}</th>
          </tr>
        </thead>
        <tbody>
          <Attributes className={className} attributes={attributes} />
          {relations.map((one) => (
            <tr key={`${one.type}/${one.direction}/${one.other.id}`}>
              <th scope="row" className={styles.name}>
                {codeText(t, "relation", one.type)} <span className="muted">{t(one.direction === "out" ? "relations.out" : "relations.in")}</span>
              </th>
              <td colSpan={2}>
                <Badge tone={one.change === "added" ? "ok" : "warning"}>{codeText(t, "change", one.change)}</Badge>{" "}
                <Link {...paths.ci(one.other.id)}>
                  <Name>{one.other.name}</Name>
                </Link>
              </td>
            </tr>
          ))}
          {software.map((one) => (
            <tr key={`${one.product_id}/${one.architecture}`}>
              <th scope="row" className={styles.name}>
                <Link {...paths.product(one.product_id)}>
                  <Name>{one.name}</Name>
                </Link>{" "}
                <span className="muted">{one.architecture}</span>
              </th>
              <td>{versions(one.before)}</td>
              <td>{versions(one.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const versions = (all: readonly string[]) => (all.length === 0 ? "—" : visibleText(all.join(", ")));

function Attributes({ className, attributes }: { className: string; attributes: Differences["attributes"] }) {
  const words = useAttributeWords();
  const show = (name: string, value: unknown) => <bdi>{visibleText(words.value(name, value, className))}</bdi>;
  return attributes.map((one) => (
    <tr key={one.attribute}>
      <th scope="row" className={styles.name}>
        {words.label(one.attribute, className)}
      </th>
      <td>{show(one.attribute, one.before)}</td>
      <td>{show(one.attribute, one.after)}</td>
    </tr>
  ));
}
