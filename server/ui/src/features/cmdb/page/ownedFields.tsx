import type { ReactNode } from "react";
import type { Ci } from "../../../api/types";
import { codeText, type Translate } from "../../../i18n";
import { Name } from "../../../ui/Text";
import { CriticalityBadge, criticalities } from "../words";
import type { EditedField } from "./FieldEditor";

interface OwnedField {
  field: EditedField;
  show: (ci: Ci) => ReactNode;
}

type Choice = NonNullable<EditedField["type"]["values"]>[number];

const dash = <span className="muted">—</span>;

/** What only people say of a CI: its name, who answers for it, how much it matters. */
export function ownedFields(t: Translate, environments: readonly Choice[]): OwnedField[] {
  const words = (prefix: string, all: readonly string[]) => all.map((value) => ({ value, label: { en: codeText(t, prefix, value), ko: codeText(t, prefix, value) } }));
  const plain = (name: "name" | "owner" | "support_team", label: string): OwnedField => ({
    field: { name, label, type: { type: "text" }, read: (ci) => ci[name], patch: (value) => ({ [name]: value }) },
    show: (ci) => (ci[name] ? <Name>{String(ci[name])}</Name> : dash),
  });
  return [
    plain("name", t("ci.name")),
    plain("owner", t("ci.owner")),
    plain("support_team", t("ci.support_team")),
    {
      field: { name: "criticality", label: t("ci.criticality"), type: { type: "enum", values: words("criticality", criticalities) }, read: (ci) => ci.criticality, patch: (value) => ({ criticality: value === null ? null : Number(value) }) },
      show: (ci) => <CriticalityBadge level={ci.criticality} />,
    },
    {
      field: { name: "environment", label: t("ci.environment"), type: { type: "enum", values: [...environments] }, read: (ci) => ci.environment, patch: (value) => ({ environment: value === null ? null : String(value) }) },
      show: (ci) => (ci.environment ? codeText(t, "environment", ci.environment) : dash),
    },
  ];
}
