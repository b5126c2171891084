import type { LatestSamples, Samples } from "../src/api/types";

const STEP = 300;
const GiB = 1024 ** 3;

interface Shape {
  metric: string;
  dimension: string | null;
  unit: string;
  base: number;
  swing: number;
}

const shapes: Shape[] = [
  { metric: "cpu_busy_ratio", dimension: null, unit: "ratio", base: 0.34, swing: 0.25 },
  { metric: "cpu_user_ratio", dimension: null, unit: "ratio", base: 0.22, swing: 0.16 },
  { metric: "cpu_system_ratio", dimension: null, unit: "ratio", base: 0.08, swing: 0.05 },
  { metric: "cpu_iowait_ratio", dimension: null, unit: "ratio", base: 0.03, swing: 0.03 },
  { metric: "load_1m", dimension: null, unit: "count", base: 2.4, swing: 1.8 },
  { metric: "memory_used_bytes", dimension: null, unit: "bytes", base: 9.5 * GiB, swing: 1.4 * GiB },
  { metric: "memory_available_bytes", dimension: null, unit: "bytes", base: 6 * GiB, swing: 1.4 * GiB },
  { metric: "swap_used_bytes", dimension: null, unit: "bytes", base: 0.2 * GiB, swing: 0.1 * GiB },
  ...["nvme0n1"].flatMap((dimension) => [
    { metric: "disk_read_bytes_per_second", dimension, unit: "bytes_per_second", base: 4e6, swing: 3e6 },
    { metric: "disk_write_bytes_per_second", dimension, unit: "bytes_per_second", base: 9e6, swing: 7e6 },
    { metric: "disk_busy_ratio", dimension, unit: "ratio", base: 0.12, swing: 0.1 },
  ]),
  ...["bond0", "eth0"].flatMap((dimension) => [
    { metric: "network_receive_bytes_per_second", dimension, unit: "bytes_per_second", base: 2e6, swing: 1.6e6 },
    { metric: "network_transmit_bytes_per_second", dimension, unit: "bytes_per_second", base: 3e6, swing: 2.2e6 },
  ]),
  ...(
    [
      ["/", 39, 0.61],
      ["/boot", 1, 0.2],
      ["/var", 118, 0.88],
      ["/srv/데이터", 855, 0.965],
      ["/home", 20480, 0.4],
    ] as const
  ).flatMap(([dimension, size, ratio]) => [
    { metric: "filesystem_size_bytes", dimension, unit: "bytes", base: size * GiB, swing: 0 },
    { metric: "filesystem_used_bytes", dimension, unit: "bytes", base: size * ratio * GiB, swing: size * 0.01 * GiB },
    { metric: "filesystem_inodes_used_ratio", dimension, unit: "ratio", base: 0.12, swing: 0.01 },
  ]),
];

function point(shape: Shape, at: number): [number, number, number, number, number] {
  const day = Math.sin((at / 86_400) * 2 * Math.PI);
  const ripple = Math.sin(at / 1700) * 0.3 + Math.sin(at / 431) * 0.2;
  const mean = Math.max(0, shape.base + shape.swing * (day * 0.7 + ripple * 0.5));
  return [at, mean * 0.8, mean, mean + shape.swing * 0.4, mean + shape.swing * 0.3];
}

export function samples(metric: string | null, dimension: string | null, from: number, to: number, step: number): Samples {
  const first = Math.ceil(from / step) * step;
  const count = Math.max(0, Math.floor((to - first) / step));
  const gap = (at: number) => at > to - 5 * 3600 && at < to - 4 * 3600;
  const series = shapes
    .filter((shape) => (!metric || shape.metric === metric) && (!dimension || shape.dimension === dimension))
    .map((shape) => ({
      metric: shape.metric,
      dimension: shape.dimension,
      unit: shape.unit,
      points: Array.from({ length: count }, (_, at) => first + at * step)
        .filter((at) => !gap(at))
        .map((at) => point(shape, at)),
    }));
  return { from: new Date(from * 1000).toISOString(), to: new Date(to * 1000).toISOString(), step_s: step, series };
}

export function latest(now: number): LatestSamples {
  const at = Math.floor(now / 1000 / STEP) * STEP;
  const values = shapes.map((shape) => {
    const [, , mean, max, p95] = point(shape, at);
    return { metric: shape.metric, dimension: shape.dimension, unit: shape.unit, mean, max, p95 };
  });
  return { at: new Date(at * 1000).toISOString(), values };
}
