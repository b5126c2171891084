import type { ApiError } from "../api/errors";
import type { QueryFault, SearchSuggestion, SearchSuggestions } from "../api/types";
import { codeText, type Locale, type Translate } from "../i18n";
import type { Completions } from "../ui/QueryField";

const SHOWN = 12;

/** What is wrong with a query, in the reader's language. */
export function faultText(t: Translate, fault: QueryFault | null | undefined): string | null {
  if (!fault) return null;
  const allowed = fault.allowed.slice(0, SHOWN).join(", ") + (fault.allowed.length > SHOWN ? ", …" : "");
  return [codeText(t, "search.fault", fault.code, { column: fault.column }), allowed && t("search.fault_allowed", { values: allowed })].filter(Boolean).join(" ");
}

/** Whether an error says that the query itself is wrong. */
export function isQueryFault(error: ApiError | null): boolean {
  return error?.status === 422;
}

/** The server's suggestions as a box for queries takes them. */
export function completionsOf(found: SearchSuggestions | undefined, locale: Locale): Completions | null {
  if (!found) return null;
  const label = (item: SearchSuggestion) => item.label?.[locale] ?? null;
  return { from: found.from, to: found.to, items: found.items.map((item) => ({ text: item.text, label: label(item), isName: item.is_name })) };
}
