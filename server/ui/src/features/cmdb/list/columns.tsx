import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { ClassBook } from "../../../api/classes";
import type { CiItem } from "../../../api/types";
import { useTimeStyle } from "../../../format/TimeContext";
import { codeText, useT } from "../../../i18n";
import { paths } from "../../../paths";
import { ClassLetter } from "../../../ui/Badge";
import type { Column } from "../../../ui/DataTable";
import { Name } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { showValue } from "../attributes";
import { CriticalityBadge, LifecycleBadge, ObservationBadge, Shown } from "../words";

export const DEFAULT_COLUMNS = ["name", "class", "observation", "last_seen", "lifecycle", "environment", "criticality", "owner", "parent"];
const PHONE_COLUMNS = ["name", "observation", "class"];

/** The columns in the address, or the default ones; the name is always first. */
export function shownColumns(cols: string | undefined, phone: boolean): string[] {
  if (!cols) return phone ? PHONE_COLUMNS : DEFAULT_COLUMNS;
  return ["name", ...new Set(cols.split(",").filter((id) => id && id !== "name"))];
}

/** Every column the list can show: the fixed ones, and the attributes of the classes it is narrowed to. */
export function useCiColumns(book: ClassBook, classes: readonly string[] | undefined): Column<CiItem>[] {
  const t = useT();
  const style = useTimeStyle();
  return useMemo(() => {
    const fixed: Column<CiItem>[] = [
      { id: "name", header: t("ci.name"), size: 260, sortable: true, cell: (ci) => <NameCell ci={ci} book={book} /> },
      { id: "class", header: t("ci.class"), size: 150, sortable: true, cell: (ci) => book.label(ci.class) },
      { id: "observation", header: t("ci.observation"), size: 120, cell: (ci) => <ObservationBadge state={ci.observation.state} /> },
      { id: "last_seen", header: t("ci.last_seen"), size: 116, sortable: true, cell: (ci) => <Time at={ci.observation.last_seen} show="relative" /> },
      { id: "first_seen", header: t("ci.first_seen"), size: 148, sortable: true, cell: (ci) => <Time at={ci.observation.first_seen} /> },
      { id: "lifecycle", header: t("ci.lifecycle"), size: 118, cell: (ci) => <LifecycleBadge lifecycle={ci.lifecycle} /> },
      { id: "environment", header: t("ci.environment"), size: 112, cell: (ci) => (ci.environment ? <Shown ci={ci} name="environment">{codeText(t, "environment", ci.environment)}</Shown> : <Dash />) },
      { id: "criticality", header: t("ci.criticality"), size: 84, cell: (ci) => <Shown ci={ci} name="criticality"><CriticalityBadge level={ci.criticality} /></Shown> },
      { id: "owner", header: t("ci.owner"), size: 120, cell: (ci) => (ci.owner ? <Shown ci={ci} name="owner"><Name>{ci.owner}</Name></Shown> : <Dash />) },
      { id: "support_team", header: t("ci.support_team"), size: 130, cell: (ci) => (ci.support_team ? <Shown ci={ci} name="support_team"><Name>{ci.support_team}</Name></Shown> : <Dash />) },
      { id: "organisation", header: t("ci.organisation"), size: 130, cell: (ci) => <Name>{ci.organisation.name}</Name> },
      { id: "parent", header: t("ci.parent"), size: 150, cell: (ci) => (ci.parent ? <Link {...paths.ci(ci.parent.id)}><Name>{ci.parent.name}</Name></Link> : <Dash />) },
    ];
    const attributes = attributesOf(book, classes).map((attribute): Column<CiItem> => ({
      id: attribute.name,
      header: book.text(attribute.label),
      size: 130,
      ...(["integer", "decimal", "bytes"].includes(attribute.type) ? { align: "end" as const } : {}),
      cell: (ci) => <Name>{showValue(ci.attributes[attribute.name], attribute, t, style)}</Name>,
    }));
    const taken = new Set(fixed.map((column) => column.id));
    return [...fixed, ...attributes.filter((column) => !taken.has(column.id))];
  }, [t, style, book, classes]);
}

/** Attributes of the chosen classes, or of hosts when the list is not narrowed; each name once. */
function attributesOf(book: ClassBook, classes: readonly string[] | undefined) {
  const wanted = classes ?? ["host"];
  const all = book.classes.filter((one) => wanted.some((name) => book.isA(one.name, name))).flatMap((one) => book.attributesOf(one.name));
  return [...new Map(all.map((attribute) => [attribute.name, attribute])).values()];
}

function NameCell({ ci, book }: { ci: CiItem; book: ClassBook }) {
  return (
    <span className="row">
      <ClassLetter {...book.mark(ci.class)} />
      <Link {...paths.ci(ci.id)} data-row="" className="grow">
        <Name>{ci.name}</Name>
      </Link>
    </span>
  );
}

function Dash() {
  return <span className="muted">—</span>;
}
