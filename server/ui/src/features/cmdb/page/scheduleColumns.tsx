import { useMemo } from "react";
import { codeText, useLocale, useT, type Translate } from "../../../i18n";
import type { Column } from "../../../ui/DataTable";
import { Name, Path } from "../../../ui/Text";
import { scheduleWords } from "./scheduleWords";
import { readWhen, type ScheduleRow } from "./schedules";

/** Every time of a row in words, as far as they can be put into words. */
function wordsOf(row: ScheduleRow, t: Translate, locale: string): string {
  if (row.period) return t(`schedule.each_${row.period}`);
  return row.original
    .map((text) => {
      const when = readWhen(row.kind, text);
      return when && scheduleWords(when, t, locale);
    })
    .filter(Boolean)
    .join(" · ");
}

export function useScheduleColumns(): Column<ScheduleRow>[] {
  const t = useT();
  const locale = useLocale();
  return useMemo(
    () => [
      { id: "what", header: t("schedule.what"), size: 230, value: (row) => row.what, cell: (row) => <span title={row.description ?? undefined}>{row.kind === "timer" ? <Name>{row.what}</Name> : <Path text={row.what} />}</span> },
      { id: "when", header: t("schedule.when"), size: 210, value: (row) => wordsOf(row, t, locale), cell: (row) => <Words text={wordsOf(row, t, locale)} /> },
      { id: "original", header: t("schedule.original"), size: 170, value: (row) => row.original.join(" "), cell: (row) => <Path text={row.original.join(" · ")} /> },
      { id: "kind", header: t("schedule.kind"), size: 72, value: (row) => row.kind, cell: (row) => codeText(t, "schedule_kind", row.kind) },
      { id: "user", header: t("services.user"), size: 84, value: (row) => row.user, cell: (row) => row.user ?? "—" },
      { id: "enablement", header: t("services.enablement"), size: 100, value: (row) => row.enablement, cell: (row) => (row.enablement ? codeText(t, "enablement", row.enablement) : "—") },
      { id: "persistent", header: t("schedule.missed"), size: 110, value: (row) => (row.persistent ? 0 : 1), cell: (row) => (row.persistent ? <span title={t("schedule.persistent_text")}>{t("schedule.persistent")}</span> : "—") },
      { id: "place", header: t("schedule.place"), size: 170, value: (row) => row.place, cell: (row) => <Path text={row.place} /> },
    ],
    [t, locale],
  );
}

function Words({ text }: { text: string }) {
  const t = useT();
  return text ? <span title={text}>{text}</span> : <span className="muted">{t("schedule.as_written")}</span>;
}
