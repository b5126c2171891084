import { Link, getRouteApi } from "@tanstack/react-router";
import { Suspense, lazy, useMemo, useState, type ReactNode } from "react";
import { verdict } from "../../../api/can";
import { commonAttributes, useClassBook, type ClassBook } from "../../../api/classes";
import type { Ci, CiValue, ClassAttribute } from "../../../api/types";
import { useTimeStyle } from "../../../format/TimeContext";
import { codeText, useLocale, useT, withMessages } from "../../../i18n";
import { paths } from "../../../paths";
import { Badge } from "../../../ui/Badge";
import { classes } from "../../../ui/classes";
import { Button, IconButton } from "../../../ui/Button";
import { Card, Facts } from "../../../ui/Card";
import { TableFoot } from "../../../ui/TableFoot";
import { EmptyState, Skeleton } from "../../../ui/States";
import { CopyCode, Name, visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { showValue } from "../attributes";
import { ruleWords } from "../ruleWords";
import { Tags } from "../Tags";
import { Findings } from "./Findings";
import { SourceMark } from "../words";
import styles from "./CiPage.module.css";
import type { TabProps } from "./CiPage";
import { FieldEditor, type EditedField } from "./FieldEditor";
import { InheritedFrom } from "./Inherited";
import { useEnvironments } from "../useEnvironments";
import { ownedFields } from "./ownedFields";
import { reports } from "./reports";
import { SectionBody } from "./SectionBody";
import type { TaggedCi } from "./useCi";

const route = getRouteApi("/app/cis/$id/$tab");
const CustomFacts = lazy(() => import("./CustomFacts"));
const ValuesDialog = lazy(() => withMessages("sources", () => import("./ValuesDialog")));
const SilenceCard = lazy(() => withMessages("health", () => import("../health/SilenceCard")));
const AttestationCard = lazy(() => withMessages("health", () => import("../health/AttestationCard")));
const ReportersCard = lazy(() => withMessages("identification", () => import("../merge/ReportersCard")));
const MergedCard = lazy(() => withMessages("identification", () => import("../merge/MergedCard")));

/** What is known of the CI: what people say of it, each attribute with who says so, and how fresh it is. */
export default function OverviewTab({ read }: TabProps) {
  const t = useT();
  const { as_of: asOf } = route.useSearch();
  return (
    <div className={styles.columns}>
      <div className="stack">
        {!asOf && read.body.agent && (
          <Suspense>
            <SilenceCard id={read.body.id} />
          </Suspense>
        )}
        {!asOf && read.body.findings.length > 0 && <Findings ci={read.body} />}
        <Card flush title={t("ci.attributes")}>
          <AttributeTable read={read} />
        </Card>
        {!asOf && reports(read.body, "custom") && (
          <Suspense fallback={<Skeleton rows={4} label={t("ui.loading")} />}>
            <CustomFacts id={read.body.id} />
          </Suspense>
        )}
      </div>
      <div className="stack">
        <Card flush title={t("ci.responsibility")}>
          <OwnedTable read={read} />
        </Card>
        {!asOf && reports(read.body, "cloud") && <CloudInstance id={read.body.id} />}
        <Observation ci={read.body} />
        {!asOf && (
          <Suspense>
            <AttestationCard ci={read.body} />
            <ReportersCard ci={read.body} />
            <MergedCard ci={read.body} />
          </Suspense>
        )}
        {read.body.sections.length > 0 && <Sections ci={read.body} />}
      </div>
    </div>
  );
}

interface AttributeRow {
  name: string;
  label: string;
  attribute: ClassAttribute | undefined;
  shown: CiValue | undefined;
  others: readonly CiValue[];
}

/** The attributes of the class in its order, then whatever else has a value. */
function rowsOf(ci: Ci, book: ClassBook): AttributeRow[] {
  const model = book.attributesOf(ci.class);
  const said = ci.values.map((one) => one.attribute).filter((name) => !commonAttributes.includes(name));
  // What is no longer offered shows as long as something is said of it.
  const offered = model.filter((one) => !one.hidden || said.includes(one.name));
  const names = [...new Set([...offered.map((one) => one.name), ...said])];
  return names.map((name) => {
    const attribute = model.find((one) => one.name === name);
    const values = ci.values.filter((one) => one.attribute === name);
    return { name, attribute, label: attribute ? book.text(attribute.label) : name, shown: values.find((one) => one.shown), others: values.filter((one) => !one.shown) };
  });
}

function AttributeTable({ read }: { read: TaggedCi }) {
  const t = useT();
  const locale = useLocale();
  const book = useClassBook();
  const words = (row: AttributeRow) => (row.attribute ? ruleWords(t, row.attribute.rules, locale, (name) => labelOf(book, read.body.class, name)).join(" · ") : "");
  const [editing, setEditing] = useState<string | null>(null);
  const [asked, setAsked] = useState<AttributeRow | null>(null);
  const [whole, setWhole] = useState(false);
  const all = useMemo(() => rowsOf(read.body, book), [read.body, book]);
  const known = all.filter((row) => row.shown || row.others.length > 0);
  const unset = all.length - known.length;
  const rows = whole || known.length === 0 ? all : known;
  if (all.length === 0) return <EmptyState title={t("ci.no_attributes")} />;
  return (
    <>
      <table className={styles.attributes}>
        <thead>
          <tr>
            <th scope="col">{t("ci.attribute")}</th>
            <th scope="col">{t("ci.value")}</th>
            <th scope="col">{t("ci.source")}</th>
            <th scope="col">{t("ci.since")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.label}</th>
              <td>
                <EditableValue read={read} field={{ ...attributeField(row), hint: words(row) || undefined }} editing={editing === row.name} onEdit={(on) => setEditing(on ? row.name : null)} onAsk={() => setAsked(row)}>
                  <AttributeValue row={row} ci={read.body} />
                </EditableValue>
              </td>
              <td>{row.shown ? <SaidBy value={row.shown} /> : <span className="muted">—</span>}</td>
              <td>{row.shown ? <Time at={row.shown.since} show="day" /> : <span className="muted">—</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {unset > 0 && known.length > 0 && (
        <TableFoot>
          <Button small tone="quiet" aria-expanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? t("ci.hide_unset") : t("ci.unset", { count: unset })}
          </Button>
        </TableFoot>
      )}
      {asked && <AskedValues id={read.body.id} name={asked.name} label={asked.label} attribute={asked.attribute} onClose={() => setAsked(null)} />}
    </>
  );
}

interface AskedValuesProps {
  id: string;
  name: string;
  label: string;
  attribute: ClassAttribute | undefined;
  onClose: () => void;
}

/** Who said what of an attribute, at the time that is looked at. */
function AskedValues(props: AskedValuesProps) {
  const { as_of: asOf } = route.useSearch();
  return (
    <Suspense>
      <ValuesDialog {...props} asOf={asOf} />
    </Suspense>
  );
}

function attributeField(row: AttributeRow): EditedField {
  return {
    name: `attributes.${row.name}`,
    label: row.label,
    type: row.attribute ?? { type: "text" },
    read: (ci) => ci.attributes[row.name],
    patch: (value) => ({ attributes: { [row.name]: value } }),
  };
}

function labelOf(book: ClassBook, className: string, name: string): string {
  const attribute = book.attribute(className, name);
  return attribute ? book.text(attribute.label) : name;
}

function AttributeValue({ row, ci }: { row: AttributeRow; ci: Ci }) {
  const t = useT();
  const style = useTimeStyle();
  const named = row.attribute?.type === "reference" ? ci.references.find((one) => one.id === row.shown?.value) : undefined;
  return (
    <span className="grow">
      {named ? (
        <Link {...paths.ci(named.id)}>
          <Name>{named.name}</Name>
        </Link>
      ) : row.name === "tags" ? (
        <Tags tags={row.shown?.value} />
      ) : (
        <bdi>{visibleText(showValue(row.shown?.value, row.attribute, t, style))}</bdi>
      )}
      {row.others.map((other) => (
        <span key={`${other.source}${other.since}`} className={styles.other}>
          <br />
          {t("ci.also_said")} <bdi>{visibleText(showValue(other.value, row.attribute, t, style))}</bdi> · <SaidBy value={other} />
        </span>
      ))}
    </span>
  );
}

function SaidBy({ value }: { value: CiValue }) {
  if (value.source === "inherited") return <InheritedFrom value={value} />;
  return (
    <span title={value.said_by.name ?? undefined}>
      <SourceMark source={value.source} />
      {value.source !== "agent" && value.said_by.name && <span className="muted"> {value.said_by.name}</span>}
    </span>
  );
}

/** Who says what people decide, since when, and what others say of it. */
function Provenance({ ci, name, show }: { ci: Ci; name: string; show: (ci: Ci) => ReactNode }) {
  const t = useT();
  const said = ci.values.filter((one) => one.attribute === name);
  return said.map((value) => (
    <span key={`${value.source}${value.since}`} className={styles.other}>
      <br />
      {!value.shown && (
        <>
          {t("ci.also_said")} {show({ ...ci, [name]: value.value })} ·{" "}
        </>
      )}
      <SaidBy value={value} /> · <Time at={value.since} show="day" />
    </span>
  ));
}

interface EditableValueProps {
  read: TaggedCi;
  field: EditedField;
  editing: boolean;
  onEdit: (on: boolean) => void;
  /** The reader wants to know who says so. */
  onAsk: () => void;
  children: ReactNode;
}

function EditableValue({ read, field, editing, onEdit, onAsk, children }: EditableValueProps) {
  const t = useT();
  const edit = verdict(read.body, "edit");
  const { as_of: asOf } = route.useSearch();
  if (editing) return <FieldEditor read={read} field={field} onDone={() => onEdit(false)} />;
  const reason = edit.allowed ? null : codeText(t, "reason", edit.reason ?? "needs_permission");
  return (
    <span className={styles.value}>
      {children}
      <IconButton small icon="info" label={t("values.title", { name: field.label })} onClick={onAsk} />
      {edit.offered && !asOf && <IconButton small icon="edit" label={t("ci.edit_field", { name: field.label })} reason={reason} onClick={() => onEdit(true)} />}
    </span>
  );
}

function OwnedTable({ read }: { read: TaggedCi }) {
  const t = useT();
  const book = useClassBook();
  const [editing, setEditing] = useState<string | null>(null);
  const [asked, setAsked] = useState<EditedField | null>(null);
  return (
    <>
      <table className={classes(styles.attributes, styles.owned)}>
        <tbody>
          {ownedFields(t, useEnvironments()).map(({ field, show }) => (
            <tr key={field.name}>
              <th scope="row">{field.label}</th>
              <td>
                <EditableValue read={read} field={field} editing={editing === field.name} onEdit={(on) => setEditing(on ? field.name : null)} onAsk={() => setAsked(field)}>
                  <span className="grow">
                    {show(read.body)}
                    <Provenance ci={read.body} name={field.name} show={show} />
                  </span>
                </EditableValue>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {asked && <AskedValues id={read.body.id} name={asked.name} label={asked.label} attribute={book.attribute(read.body.class, asked.name)} onClose={() => setAsked(null)} />}
    </>
  );
}

/** Where a cloud says that the host is. */
function CloudInstance({ id }: { id: string }) {
  const t = useT();
  return (
    <Card title={t("section.cloud")}>
      <SectionBody id={id} section="cloud">
        {(cloud) =>
          cloud.provider ? (
            <Facts
              items={[
                [t("cloud.provider"), codeText(t, "cloud_provider", cloud.provider)],
                [t("cloud.instance"), <CopyCode key="i" text={cloud.instance_id} label={t("ui.copy")} />],
                [t("cloud.region"), [cloud.region, cloud.zone].filter(Boolean).join(" · ")],
              ]}
            />
          ) : (
            <p className="muted">{t("cloud.none")}</p>
          )
        }
      </SectionBody>
    </Card>
  );
}

function Observation({ ci }: { ci: Ci }) {
  const t = useT();
  return (
    <Card title={t("ci.observation")}>
      <Facts
        items={[
          [t("ci.first_seen"), <Time key="f" at={ci.observation.first_seen} show="full" />],
          [t("ci.last_seen"), <Time key="l" at={ci.observation.last_seen} show="full" />],
          [t("ci.agent"), ci.agent ? <Link {...paths.agents({ q: ci.name })}>{codeText(t, "presence", ci.agent.presence)}</Link> : null],
          [t("ci.organisation"), <Name key="o">{ci.organisation.name}</Name>],
          [t("ci.version"), String(ci.version)],
        ]}
      />
    </Card>
  );
}

function Sections({ ci }: { ci: Ci }) {
  const t = useT();
  return (
    <Card title={t("ci.sections")}>
      <Facts
        items={ci.sections.map((section) => [
          codeText(t, "section", section.section),
          <span key={section.section} className="row wrap">
            <Time at={section.observed_at} show="relative" />
            {section.state === "fault" && <Badge tone="warning">{t("ci.section_fault")}</Badge>}
          </span>,
        ])}
      />
    </Card>
  );
}
