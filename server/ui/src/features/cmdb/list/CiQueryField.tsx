import { useState } from "react";
import { useSuggestions } from "../../../api/search";
import { useLocale, useT } from "../../../i18n";
import { completionsOf, faultText } from "../../../layout/queryFault";
import { QueryField } from "../../../ui/QueryField";
import styles from "./FilterBar.module.css";

/** The query of the list: completed and checked by the server while it is typed. */
export function CiQueryField({ value, onSearch }: { value: string; onSearch: (q: string | undefined) => void }) {
  const t = useT();
  const locale = useLocale();
  const [typed, setTyped] = useState<{ text: string; cursor: number } | null>(null);
  const asked = typed ?? { text: value, cursor: Array.from(value).length };
  const found = useSuggestions(asked.text, asked.cursor, typed !== null || value !== "");
  const fault = asked.text.trim() === "" ? null : faultText(t, found.data?.fault);
  return (
    <QueryField
      className={styles.search}
      hotkey
      label={t("cis.search")}
      placeholder={t("cis.search_placeholder")}
      clearLabel={t("ui.clear")}
      listLabel={t("search.suggestions")}
      value={value}
      onSearch={(text) => onSearch(text.trim() === "" ? undefined : text)}
      onType={setTyped}
      completions={typed === null || typed.text === "" ? null : completionsOf(found.data, locale)}
      fault={fault}
    />
  );
}
