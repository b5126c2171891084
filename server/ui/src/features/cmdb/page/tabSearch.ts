import { oneOf, text, time, type RawSearch } from "../../../search";

export const serviceViews = ["units", "listeners", "connections", "processes", "schedules"] as const;
export const softwareViews = ["packages", "updates", "products"] as const;
export const containerViews = ["containers", "guests"] as const;
export const securityViews = ["certificates", "accounts", "groups", "kernel"] as const;
export const historyKinds = ["attribute", "relation", "software", "lifecycle"] as const;
export const ranges = ["6h", "24h", "3d", "7d", "14d"] as const;
export const directions = ["out", "in"] as const;

/** What a tab of the CI page shows beyond the CI itself; each tab reads its own part. */
export interface TabSearch {
  q?: string | undefined;
  /** One of the tab's own views. */
  view?: string | undefined;
  kind?: (typeof historyKinds)[number] | undefined;
  range?: (typeof ranges)[number] | undefined;
  direction?: (typeof directions)[number] | undefined;
  type?: string | undefined;
  /** Charts as tables. */
  table?: "1" | undefined;
  as_of?: string | undefined;
  /** Between which times the history compares; until now without the second. */
  from?: string | undefined;
  to?: string | undefined;
  /** The id that the reader came by, where that item is part of this one. */
  part?: string | undefined;
}

export function readTabSearch(raw: RawSearch): TabSearch {
  return {
    q: text(raw["q"]),
    view: text(raw["view"]),
    kind: oneOf(raw["kind"], historyKinds),
    range: oneOf(raw["range"], ranges),
    direction: oneOf(raw["direction"], directions),
    type: text(raw["type"]),
    table: oneOf(raw["table"], ["1"] as const),
    as_of: time(raw["as_of"]),
    from: time(raw["from"]),
    to: time(raw["to"]),
    part: text(raw["part"]),
  };
}
