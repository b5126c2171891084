import { useClassBook } from "../../api/classes";
import { useSources } from "../../api/sources";
import type { TableInspection, TableMapping } from "../../api/types";
import { useLocale, useT } from "../../i18n";
import { Check, FieldGroup, SelectField, controlClass } from "../../ui/Field";
import { Name } from "../../ui/Text";
import styles from "./Imports.module.css";
import { SavedMappings } from "./SavedMappings";
import { OWN_MEANINGS, RELATION_MEANINGS, attributeChoices, fitting, namesAnother, withMeaning, withNaming } from "./table";

interface Props {
  table: TableInspection;
  className: string;
  mapping: TableMapping;
  onChange: (mapping: TableMapping) => void;
}

/** What each column means, with its first cells beside it. */
export function TableMappingForm({ table, className, mapping, onChange }: Props) {
  const t = useT();
  return (
    <>
      <SavedMappings mapping={mapping} onTake={(kept) => onChange(fitting(kept, table.headings))} />
      <FieldGroup label={t("exchange.mapping")} hint={t("exchange.mapping_hint")}>
        <ul className={styles.columns}>
          {table.headings.map((heading, place) => (
            <ColumnRow key={heading} heading={heading} sample={table.sample.map((row) => row[place])} relations={table.relation_types} className={className} mapping={mapping} onChange={onChange} />
          ))}
        </ul>
      </FieldGroup>
      <HowItSpeaks className={className} mapping={mapping} onChange={onChange} />
    </>
  );
}

interface ColumnRowProps extends Omit<Props, "table"> {
  heading: string;
  sample: readonly unknown[];
  relations: TableInspection["relation_types"];
}

function ColumnRow({ heading, sample, relations, className, mapping, onChange }: ColumnRowProps) {
  const t = useT();
  const book = useClassBook();
  const meant = mapping.columns.find((one) => one.column === heading);
  const [to = ""] = meant?.to ?? [];
  const attributes = attributeChoices(book, className);
  const offered = [...OWN_MEANINGS, ...RELATION_MEANINGS, ...attributes.map((one) => one.name), ...relations.map((one) => `relation:${one.name}`)];
  const isKnown = to === "" || offered.includes(to);
  const cells = sample.filter((cell) => cell !== null && cell !== undefined && cell !== "").slice(0, 3);
  return (
    <li className={styles.column}>
      <div className={styles.grow}>
        <strong>
          <Name>{heading || t("exchange.no_heading")}</Name>
        </strong>
        <p className="soft">{cells.length > 0 ? cells.map(shown).join(" · ") : t("exchange.no_cells")}</p>
      </div>
      <select className={controlClass} aria-label={t("exchange.meaning_of", { column: heading })} value={to} onChange={(event) => onChange(withMeaning(mapping, heading, event.target.value))}>
        <option value="">{t("exchange.leave_out")}</option>
        <optgroup label={t("exchange.item")}>
          {OWN_MEANINGS.map((one) => (
            <option key={one} value={one}>
              {t(`exchange.means_${one}`)}
            </option>
          ))}
        </optgroup>
        <optgroup label={t("exchange.attributes")}>
          {attributes.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
          {!isKnown && <option value={to}>{to}</option>}
        </optgroup>
        <optgroup label={t("exchange.relations")}>
          {relations.map((one) => (
            <option key={one.name} value={`relation:${one.name}`}>
              {t("exchange.relation_to", { type: book.text(one.label) })}
            </option>
          ))}
          {RELATION_MEANINGS.map((one) => (
            <option key={one} value={one}>
              {t(`exchange.means_${one}`)}
            </option>
          ))}
        </optgroup>
      </select>
      {namesAnother(to) && (
        <select className={controlClass} aria-label={t("exchange.named_by", { column: heading })} value={meant?.by ?? "key"} onChange={(event) => onChange(withNaming(mapping, heading, event.target.value as "id" | "key" | "name"))}>
          {(["name", "key", "id"] as const).map((one) => (
            <option key={one} value={one}>
              {t(`exchange.by_${one}`)}
            </option>
          ))}
        </select>
      )}
    </li>
  );
}

function shown(cell: unknown): string {
  const text = typeof cell === "string" ? cell : JSON.stringify(cell);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function HowItSpeaks({ className, mapping, onChange }: { className: string; mapping: TableMapping; onChange: (mapping: TableMapping) => void }) {
  const t = useT();
  const locale = useLocale();
  const book = useClassBook();
  const sources = (useSources().data?.items ?? []).filter((one) => one.kind === "import" || one.kind === "integration");
  const mapped = new Set(mapping.columns.flatMap((one) => one.to));
  const matches = attributeChoices(book, className).filter((one) => mapped.has(one.name));
  return (
    <>
      <div className={styles.pair}>
        <SelectField label={t("exchange.speaks_as")} hint={t("exchange.speaks_as_hint")} value={mapping.source ?? ""} onChange={(event) => onChange({ ...mapping, source: event.target.value || null })}>
          <option value="">{t("exchange.person")}</option>
          {sources.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label[locale]}
            </option>
          ))}
        </SelectField>
        <SelectField label={t("exchange.match_on")} hint={t("exchange.match_on_hint")} value={mapping.match_on ?? ""} onChange={(event) => onChange({ ...mapping, match_on: event.target.value || null })}>
          <option value="">{t("exchange.match_none")}</option>
          {matches.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
        </SelectField>
      </div>
      <Check label={t("exchange.empty_withdraws")} checked={mapping.empty_withdraws ?? false} onChange={(event) => onChange({ ...mapping, empty_withdraws: event.target.checked })} />
      <Check label={t("exchange.say_all")} hint={t("exchange.say_all_hint")} checked={mapping.say_all ?? false} onChange={(event) => onChange({ ...mapping, say_all: event.target.checked })} />
    </>
  );
}
