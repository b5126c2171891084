import { useEffect, useMemo, useRef, useState, type CSSProperties } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useTimeStyle } from "../format/TimeContext";
import { formatClock, formatDay, formatTime } from "../format/time";
import { classes } from "./classes";
import styles from "./Chart.module.css";

/** A line: values on the chart's grid, null where nothing was measured. */
export interface Line {
  label: string;
  values: readonly (number | null)[];
}

interface ChartProps {
  /** The finding in words, read out instead of the picture. */
  label: string;
  /** Seconds since 1970. */
  times: readonly number[];
  lines: readonly Line[];
  format: (value: number) => string;
  /** Upper end of the scale where there is one, as 1 for ratios. */
  ceiling?: number;
  /** The values are bytes: the scale steps by powers of two. */
  binary?: boolean;
  /** Charts with the same name share their cursor. */
  group: string;
}

const STROKES = ["--chart-1", "--chart-2", "--chart-3", "--chart-4"];
/** Lines differ by dash as well as by colour. */
const DASHES: (number[] | undefined)[] = [undefined, [7, 4], [2, 3], [10, 3, 2, 3]];
const HEIGHT = 160;
const BINARY_STEPS = Array.from({ length: 60 }, (_, power) => 2 ** power);

/** Lines over time, with the values under the cursor in the legend. */
export function Chart(props: ChartProps) {
  const { label, times, lines, format } = props;
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number | null>(null);
  usePlot(box, props, setAt);
  const style = useTimeStyle();
  const shownAt = at !== null && times[at] !== undefined ? at : null;
  return (
    <div className={styles.chart}>
      <div ref={box} className={styles.plot} role="img" aria-label={label} />
      <div className={styles.legend}>
        {shownAt !== null && <span className="num nowrap">{formatTime(new Date((times[shownAt] ?? 0) * 1000), style)}</span>}
        {lines.map((line, index) => {
          const value = shownAt === null ? lastValue(line.values) : line.values[shownAt];
          return (
            <span key={line.label} className={styles.key} title={line.label}>
              <span className={classes(styles.swatch, index === 1 && styles.dashed, index > 1 && styles.dotted)} style={{ "--stroke": `var(${STROKES[index % STROKES.length]})` } as CSSProperties} aria-hidden="true" />
              <bdi>{line.label}</bdi>
              <span className="num nowrap">{value === null || value === undefined ? "—" : format(value)}</span>
            </span>
          );
        })}
      </div>
    </div>
  );
}

function lastValue(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

function usePlot(box: React.RefObject<HTMLDivElement | null>, { times, lines, format, ceiling, binary, group }: ChartProps, setAt: (at: number | null) => void) {
  const style = useTimeStyle();
  const theme = useThemeName();
  const data = useMemo(() => [[...times], ...lines.map((line) => [...line.values])] as uPlot.AlignedData, [times, lines]);
  const labels = lines.map((line) => line.label).join("\n");
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const axis = { stroke: colour("--ink-3"), font: "12px sans-serif", grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
    const plot = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height: HEIGHT,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), style.zone),
        legend: { show: false },
        cursor: { y: false, points: { size: 6 }, sync: { key: group } },
        scales: { y: { range: (_plot, _low, high) => [0, ceiling ?? (Math.max(high, 0) * 1.08 || 1)] } },
        axes: [
          { ...axis, space: 72, size: 28, gap: 6, values: (_plot, splits, _axis, _space, step) => splits.map((second) => tick(new Date(second * 1000), step, style)) },
          { ...axis, size: 74, gap: 6, space: 32, ...(binary ? { incrs: BINARY_STEPS } : {}), values: (_plot, splits) => splits.map((value) => format(value)) },
        ],
        series: [
          {},
          ...labels.split("\n").map((label, index) => ({
            label,
            stroke: colour(STROKES[index % STROKES.length] ?? ""),
            width: 1.6,
            ...(DASHES[index % DASHES.length] ? { dash: DASHES[index % DASHES.length] } : {}),
            ...(index === 0 ? { fill: colour("--chart-fill") } : {}),
            spanGaps: false,
            // A sample between two gaps is no line: it shows as a point.
            points: { show: true, size: 5, fill: colour(STROKES[index % STROKES.length] ?? ""), filter: lonely },
          })),
        ],
        hooks: { setCursor: [(plot) => setAt(plot.cursor.idx ?? null)] },
      } as uPlot.Options,
      data,
      element,
    );
    const resize = new ResizeObserver(() => plot.setSize({ width: Math.max(200, element.clientWidth), height: HEIGHT }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      plot.destroy();
    };
  }, [box, data, labels, format, ceiling, binary, group, style, theme, setAt]);
}

/** Where a value stands between two gaps. */
function lonely(plot: uPlot, series: number): number[] {
  const values = plot.data[series] ?? [];
  const isThere = (at: number) => values[at] !== null && values[at] !== undefined;
  return [...values.keys()].filter((at) => isThere(at) && !isThere(at - 1) && !isThere(at + 1));
}

function tick(date: Date, step: number, style: { locale: string; zone: string }): string {
  const clock = formatClock(date, style);
  return step >= 86_400 || clock === "00:00" ? formatDay(date, style) : clock;
}

/** The name of the shown theme; canvases must be drawn again when it changes. */
function useThemeName(): string {
  const [name, setName] = useState(() => document.documentElement.dataset["theme"] ?? "light");
  useEffect(() => {
    const watch = new MutationObserver(() => setName(document.documentElement.dataset["theme"] ?? "light"));
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => watch.disconnect();
  }, []);
  return name;
}
