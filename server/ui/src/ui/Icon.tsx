const paths = {
  home: "M2.5 7.5 8 3l5.5 4.5M4 6.5V13h8V6.5",
  cis: "M2.5 3.5h11v4h-11zM2.5 9h11v4h-11zM5 5.5h.01M5 11h.01",
  duplicates: "M6 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM10 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z",
  baselines: "M2.5 12.5h11M2.5 9.5 6 6l2.5 2 5-5M10.5 3h3v3",
  rules: "M2.5 4.5h5.2M11.3 4.5h2.2M9.5 2.8v3.4M2.5 8h2.2M8.3 8h5.2M6.5 6.3v3.4M2.5 11.5h6.2M12.3 11.5h1.2M10.5 9.8v3.4",
  software: "M8 2.2 13.5 5v6L8 13.8 2.5 11V5zM2.7 5.1 8 7.8l5.3-2.7M8 7.8v5.8",
  agents: "M8 13.5v-5M4.8 9.7a4.4 4.4 0 1 1 6.4 0M2.8 11.6a7.2 7.2 0 1 1 10.4 0M8 8.5h.01",
  users: "M6 7.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM1.8 13c.3-2.5 2-3.9 4.2-3.9s3.9 1.4 4.2 3.9M10.6 3.2a2.2 2.2 0 0 1 0 4.2M12 9.4c1.3.6 2 1.8 2.2 3.6",
  organisations: "M5.8 2.5h4.4v3H5.8zM2 10.5h4.4v3H2zM9.6 10.5H14v3H9.6zM8 5.5V8M4.2 10.5V8h7.6v2.5",
  audit: "M3.5 2.5h6.5l2.5 2.5v8.5h-9zM6 7h4.5M6 9.5h4.5M6 12h2.5",
  key: "M10.2 9.4a3.4 3.4 0 1 0-3.3-2.5L2.5 11.3v2.2h2.2v-1.5h1.5v-1.5l1.3-1.3M11 5.2h.01",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 13.5 13.5",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  check: "M3 8.5 6.5 12 13 4.5",
  down: "M4 6.5 8 10.5 12 6.5",
  right: "M6.5 4 10.5 8 6.5 12",
  up: "M4 9.5 8 5.5 12 9.5",
  plus: "M8 3v10M3 8h10",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  edit: "M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2zM9.4 4.4l2.2 2.2",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  download: "M8 2.5v7M5 7l3 3 3-3M3 12.5h10",
  upload: "M8 10V3M5 5.5l3-3 3 3M3 12.5h10",
  globe: "M8 13.8A5.8 5.8 0 1 0 8 2.2a5.8 5.8 0 0 0 0 11.6zM2.3 8h11.4M8 2.2c3.2 3.5 3.2 8.1 0 11.6-3.2-3.5-3.2-8.1 0-11.6",
  user: "M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8zM2.8 13.5c.4-2.8 2.5-4.2 5.2-4.2s4.8 1.4 5.2 4.2",
  alert: "M8 2.5 14 13H2zM8 6.5v3M8 11.3h.01",
  info: "M8 13.8A5.8 5.8 0 1 0 8 2.2a5.8 5.8 0 0 0 0 11.6zM8 7.5v3.5M8 5.2h.01",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2",
  inbox: "M2.5 9 4.5 3h7l2 6v4h-11zM2.5 9h3.2l.8 1.5h3l.8-1.5h3.2",
  table: "M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.7h11M6.5 6.3V13",
  shield: "M8 2.2 13 4v4c0 3-2 5-5 5.9C5 13 3 11 3 8V4zM5.7 8l1.7 1.7 3-3.2",
  retry: "M13 3.5v3.2H9.8M12.8 6.5A5.2 5.2 0 1 0 13 9.5",
  terminal: "M2.5 3h11v10h-11zM4.8 6l2 2-2 2M8.3 10.3h3",
  keyboard: "M1.8 4.5h12.4v7H1.8zM4 7h.01M6.7 7h.01M9.3 7h.01M12 7h.01M5 9.3h6",
  ban: "M8 13.8A5.8 5.8 0 1 0 8 2.2a5.8 5.8 0 0 0 0 11.6zM4 4l8 8",
} as const;

export type IconName = keyof typeof paths;

/** A decorative 16 px line icon; the control around it carries the name. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
