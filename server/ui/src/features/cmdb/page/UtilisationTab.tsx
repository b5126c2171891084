import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Suspense, lazy, useCallback, useMemo } from "react";
import { answer, api } from "../../../api/client";
import type { Samples } from "../../../api/types";
import { formatByteRate, formatBytes, formatNumber, formatRatio } from "../../../format/number";
import { useTimeStyle } from "../../../format/TimeContext";
import { formatDuration, formatTime, zoneName } from "../../../format/time";
import { codeText, useLocale, useT, type MessageKey } from "../../../i18n";
import { ErrorState } from "../../../layout/ErrorState";
import { Card } from "../../../ui/Card";
import { Chart } from "../../../ui/Chart";
import { Check, Segments } from "../../../ui/Field";
import { EmptyState, Skeleton } from "../../../ui/States";
import styles from "./CiPage.module.css";
import type { TabProps } from "./CiPage";
import { useLatestSamples } from "./useLatestSamples";
import { chartSpecs, draw, finding, type ChartSpec, type Drawing } from "./charts";
import { ranges } from "./tabSearch";

// Few ask for the numbers: the table comes when they do.
const ChartTable = lazy(() => import("./ChartTable"));

const route = getRouteApi("/app/cis/$id/$tab");
const HOURS: Record<(typeof ranges)[number], number> = { "6h": 6, "24h": 24, "3d": 72, "7d": 168, "14d": 336 };
const STEP_MS = 300_000;

/** Seconds between two points: five minutes, an hour where that would be too many to draw. */
const stepOf = (hours: number) => (hours > 168 ? 3_600 : 300);

/** How busy the host was: charts, or the same numbers as tables. */
export default function UtilisationTab({ read }: TabProps) {
  const t = useT();
  const { zone, locale } = useTimeStyle();
  const { range = "24h", table } = route.useSearch();
  const navigate = route.useNavigate();
  const options = ranges.map((one) => [one, t(`range.${one}` as MessageKey)] as const);
  const latest = useLatestSamples(read.body.id);
  if (latest.data && latest.data.values.length === 0) {
    return (
      <Card flush>
        <EmptyState title={t("utilisation.none")}>{t("utilisation.none_text")}</EmptyState>
      </Card>
    );
  }
  return (
    <>
      <div className={styles.bar}>
        <Segments label={t("utilisation.range")} value={range} options={options} onChange={(next) => void navigate({ search: (before) => ({ ...before, range: next }) })} />
        <Check label={t("utilisation.as_table")} checked={table === "1"} onChange={(event) => void navigate({ search: (before) => ({ ...before, table: event.target.checked ? "1" : undefined }) })} />
        <span className="muted">{t("utilisation.note", { step: formatDuration(stepOf(HOURS[range]), locale), zone: zoneName(zone) })}</span>
      </div>
      <div className={styles.charts}>
        {chartSpecs.map((spec) => (
          <ChartCard key={spec.title} id={read.body.id} spec={spec} hours={HOURS[range]} asTable={table === "1"} />
        ))}
      </div>
    </>
  );
}

interface ChartCardProps {
  id: string;
  spec: ChartSpec;
  hours: number;
  asTable: boolean;
}

function ChartCard({ id, spec, hours, asTable }: ChartCardProps) {
  const t = useT();
  const { samples, error, loading, retry } = useSamples(id, spec, hours);
  const drawing = useMemo(() => draw(spec, samples), [spec, samples]);
  const title = t(`chart.${spec.title}`);
  if (loading) return <Card flush title={title}><Skeleton rows={6} label={t("ui.loading")} /></Card>;
  if (error) return <Card flush title={title}><ErrorState error={error} onRetry={retry} /></Card>;
  if (drawing.lines.length === 0) {
    return (
      <Card flush title={title}>
        <EmptyState title={t("utilisation.empty")}>{t("utilisation.empty_text")}</EmptyState>
      </Card>
    );
  }
  return (
    <Card flush title={title} actions={drawing.hidden > 0 && <span className="muted">{t("utilisation.hidden", { count: drawing.hidden })}</span>}>
      <Drawn title={title} spec={spec} drawing={drawing} asTable={asTable} />
    </Card>
  );
}

function useSamples(id: string, spec: ChartSpec, hours: number) {
  return useQueries({
    queries: spec.metrics.map((metric) => ({
      queryKey: ["ci", id, "samples", metric, hours],
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const to = Math.ceil(Date.now() / STEP_MS) * STEP_MS;
        const query = { metric, from: new Date(to - hours * 3_600_000).toISOString(), to: new Date(to).toISOString(), step_s: stepOf(hours) };
        return answer(api.GET("/cis/{id}/samples", { params: { path: { id }, query }, signal }));
      },
      staleTime: 60_000,
      refetchInterval: STEP_MS,
      placeholderData: keepPreviousData,
    })),
    combine: (results) => ({
      samples: results.map((result) => result.data).filter((data): data is Samples => data !== undefined),
      error: results.find((result) => result.error && !result.data)?.error ?? null,
      loading: results.some((result) => result.isPending),
      retry: () => results.forEach((result) => void result.refetch()),
    }),
  });
}

/** Writes numbers in the chart's unit. */
function useUnit(unit: ChartSpec["unit"]): (value: number) => string {
  const locale = useLocale();
  return useCallback(
    (value: number) => {
      if (unit === "ratio") return formatRatio(value, locale);
      if (unit === "bytes") return formatBytes(value, locale);
      if (unit === "bytes_per_second") return formatByteRate(value, locale);
      return formatNumber(value, locale, 2);
    },
    [unit, locale],
  );
}

function useLineNames(spec: ChartSpec, drawing: Drawing): string[] {
  const t = useT();
  return drawing.lines.map((line) => {
    const metric = codeText(t, "metric", line.metric);
    if (!line.dimension) return metric;
    return spec.ratio || spec.metrics.length === 1 ? line.dimension : `${line.dimension} ${metric}`;
  });
}

function Drawn({ title, spec, drawing, asTable }: { title: string; spec: ChartSpec; drawing: Drawing; asTable: boolean }) {
  const t = useT();
  const style = useTimeStyle();
  const format = useUnit(spec.unit);
  const names = useLineNames(spec, drawing);
  const key = names.join("\n");
  const lines = useMemo(() => drawing.lines.map((line, at) => ({ label: key.split("\n")[at] ?? "", values: line.values })), [drawing, key]);
  if (asTable) {
    return (
      <Suspense fallback={<Skeleton rows={6} label={t("ui.loading")} />}>
        <ChartTable title={title} drawing={drawing} names={names} format={format} />
      </Suspense>
    );
  }
  const found = finding(drawing);
  const label = found
    ? t("utilisation.finding", { title, line: names[0] ?? "", mean: format(found.mean), peak: format(found.peak), at: formatTime(new Date(found.peakAt * 1000), style) })
    : title;
  const ceiling = spec.unit === "ratio" && (spec.ratio || spec.title === "cpu") ? { ceiling: 1 } : {};
  return <Chart label={label} times={drawing.times} lines={lines} format={format} group="utilisation" binary={spec.unit.startsWith("bytes")} {...ceiling} />;
}
