import type { Samples } from "../../../api/types";

type Title = "cpu" | "load" | "memory" | "disk" | "disk_busy" | "network" | "filesystems" | "pressure";

/** One chart: which metrics it draws and in which unit. */
export interface ChartSpec {
  title: Title;
  metrics: readonly string[];
  unit: "ratio" | "bytes" | "bytes_per_second" | "count";
  /** Draw the first metric divided by the second: how full. */
  ratio?: true;
}

export const chartSpecs: readonly ChartSpec[] = [
  { title: "cpu", metrics: ["cpu_busy_ratio", "cpu_iowait_ratio", "cpu_steal_ratio"], unit: "ratio" },
  { title: "load", metrics: ["load_1m"], unit: "count" },
  { title: "memory", metrics: ["memory_used_bytes", "memory_available_bytes", "swap_used_bytes"], unit: "bytes" },
  { title: "filesystems", metrics: ["filesystem_used_bytes", "filesystem_size_bytes"], unit: "ratio", ratio: true },
  { title: "disk", metrics: ["disk_read_bytes_per_second", "disk_write_bytes_per_second"], unit: "bytes_per_second" },
  { title: "disk_busy", metrics: ["disk_busy_ratio"], unit: "ratio" },
  { title: "network", metrics: ["network_receive_bytes_per_second", "network_transmit_bytes_per_second"], unit: "bytes_per_second" },
  { title: "pressure", metrics: ["cpu_pressure_ratio", "memory_pressure_ratio", "io_pressure_ratio"], unit: "ratio" },
];

/** Lines on one grid of time. */
export interface Drawing {
  times: number[];
  lines: { metric: string; dimension: string | null; values: (number | null)[] }[];
  /** Lines beyond the four that are drawn: those that matter least. */
  hidden: number;
}

const DRAWN = 4;
const MEAN = 2;

/** Puts the series of a chart on one grid; where no sample was taken the line is broken, never bridged. */
export function draw(spec: ChartSpec, samples: readonly Samples[]): Drawing {
  const first = samples[0];
  if (!first) return { times: [], lines: [], hidden: 0 };
  const step = first.step_s;
  const from = Math.ceil(Date.parse(first.from) / 1000 / step) * step;
  const to = Date.parse(first.to) / 1000;
  const length = Math.max(0, Math.floor((to - from) / step) + 1);
  const times = Array.from({ length }, (_, at) => from + at * step);
  const all = samples.flatMap((one) => one.series).map((series) => ({ metric: series.metric, dimension: series.dimension ?? null, values: onGrid(series.points as readonly (readonly (number | null)[])[], from, step, length) }));
  const lines = (spec.ratio ? ratios(spec, all) : all).filter((line) => line.values.some((value) => value !== null));
  const ranked = spec.metrics.length > 1 && !lines.some((line) => line.dimension) ? lines : [...lines].sort((a, b) => weight(b.values) - weight(a.values));
  return { times, lines: ranked.slice(0, DRAWN), hidden: Math.max(0, lines.length - DRAWN) };
}

function onGrid(points: readonly (readonly (number | null)[])[], from: number, step: number, length: number): (number | null)[] {
  const values = Array<number | null>(length).fill(null);
  for (const point of points) {
    const at = Math.round(((point[0] ?? 0) - from) / step);
    if (at >= 0 && at < length) values[at] = point[MEAN] ?? null;
  }
  return values;
}

function ratios(spec: ChartSpec, all: Drawing["lines"]): Drawing["lines"] {
  const [used, size] = spec.metrics;
  return all
    .filter((line) => line.metric === used)
    .map((line) => {
      const whole = all.find((other) => other.metric === size && other.dimension === line.dimension);
      return { ...line, values: line.values.map((value, at) => (value === null || !whole?.values[at] ? null : value / whole.values[at])) };
    });
}

function weight(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}

/** What a chart says in short: mean and peak of its first line, and when the peak was. */
export function finding(drawing: Drawing): { mean: number; peak: number; peakAt: number } | null {
  const values = drawing.lines[0]?.values ?? [];
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const peak = Math.max(...known);
  return { mean: known.reduce((sum, value) => sum + value, 0) / known.length, peak, peakAt: drawing.times[values.indexOf(peak)] ?? 0 };
}
