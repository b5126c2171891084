import { useQuery } from "@tanstack/react-query";
import { can } from "../../../api/can";
import { useClassBook, type ClassBook } from "../../../api/classes";
import { answer, api } from "../../../api/client";
import { useSession } from "../../../api/session";
import type { CiClass } from "../../../api/types";
import { formatNumber } from "../../../format/number";
import { codeText, useLocale, useT, type MessageKey } from "../../../i18n";
import { Button } from "../../../ui/Button";
import { ClassLetter } from "../../../ui/Badge";
import { someOf } from "../../../search";
import { useEnvironments } from "../useEnvironments";
import { criticalities, lifecycles, observations } from "../words";
import { AttributeFilters } from "./AttributeFilters";
import { CiQueryField } from "./CiQueryField";
import { Facet, type FacetOption } from "./Facet";
import styles from "./FilterBar.module.css";
import { isFiltered, type CiSearch } from "./filters";

interface FilterBarProps {
  search: CiSearch;
  onChange: (change: Partial<CiSearch>) => void;
  onClear: () => void;
}

/** The filters of the CI list. */
export function FilterBar({ search, onChange, onClear }: FilterBarProps) {
  const t = useT();
  const organisations = useOrganisations();
  return (
    <div className={styles.bar} role="search" aria-label={t("cis.filters")}>
      <CiQueryField value={search.q ?? ""} onSearch={(q) => onChange({ q })} />
      <div className={styles.facets}>
        <Facet label={t("ci.class")} options={useClassOptions()} chosen={search.class ?? []} onChange={(values) => onChange({ class: values })} />
        <WordFacet label="ci.lifecycle" prefix="lifecycle" words={lifecycles} chosen={search.lifecycle} onChange={(values) => onChange({ lifecycle: someOf(values, lifecycles) })} />
        <WordFacet label="ci.observation" prefix="observation" words={observations} chosen={search.observation} onChange={(values) => onChange({ observation: someOf(values, observations) })} />
        <WordFacet label="ci.environment" prefix="environment" words={useEnvironments().map((one) => one.value)} chosen={search.environment} onChange={(values) => onChange({ environment: values })} />
        <WordFacet label="ci.criticality" prefix="criticality" words={criticalities} chosen={search.criticality} onChange={(values) => onChange({ criticality: values })} />
        <AttributeFilters search={search} onChange={onChange} />
        {organisations.length > 1 && <Facet label={t("ci.organisation")} options={organisations} chosen={search.organisation ?? []} onChange={(values) => onChange({ organisation: values })} />}
      </div>
      {isFiltered(search) && (
        <Button tone="quiet" icon="close" onClick={onClear}>
          {t("ui.clear_filters")}
        </Button>
      )}
    </div>
  );
}

interface WordFacetProps {
  label: MessageKey;
  prefix: string;
  words: readonly string[];
  chosen: string[] | undefined;
  onChange: (values: string[] | undefined) => void;
}

function WordFacet({ label, prefix, words, chosen = [], onChange }: WordFacetProps) {
  const t = useT();
  const all = [...words, ...chosen.filter((value) => !words.includes(value))];
  const options = all.map((value) => ({ value, label: codeText(t, prefix, value), short: codeText(t, prefix, value) }));
  return <Facet label={t(label)} options={options} chosen={chosen} onChange={onChange} />;
}

function useClassOptions(): FacetOption[] {
  const book = useClassBook();
  const locale = useLocale();
  return flatten(book, book.tops, 0, locale);
}

/** The class tree as indented options; branches without any CI are left out. */
function flatten(book: ClassBook, classes: readonly CiClass[], depth: number, locale: string): FacetOption[] {
  return classes.flatMap((one) => {
    const count = book.count(one.name);
    if (count === 0) return [];
    const label = (
      <>
        <ClassLetter {...book.mark(one.name)} />
        {book.label(one.name)}
      </>
    );
    const option = { value: one.name, label, short: book.label(one.name), count: formatNumber(count, locale), depth };
    return [option, ...flatten(book, book.children(one.name), depth + 1, locale)];
  });
}

function useOrganisations(): FacetOption[] {
  const session = useSession();
  const query = useQuery({
    queryKey: ["organisations"],
    queryFn: ({ signal }) => answer(api.GET("/organisations", { signal })),
    enabled: can(session, "organisation.read"),
    staleTime: 60_000,
  });
  return (query.data?.items ?? []).map((one) => ({ value: one.id, label: one.name, short: one.name }));
}
