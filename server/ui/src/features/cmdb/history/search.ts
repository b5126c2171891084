import { oneOf, text, time, type RawSearch } from "../../../search";
import { readCiSearch, type CiSearch } from "../list/filters";

export const changes = ["changed", "created", "entered", "left", "gone", "merged"] as const;
export type ItemChangeKind = (typeof changes)[number];

/** Which part of a report is shown. */
export interface ReportSearch {
  change?: ItemChangeKind | undefined;
  topic?: string | undefined;
}

/** What changed, between which times, of which CIs. */
export interface ChangesSearch extends CiSearch, ReportSearch {
  from?: string | undefined;
  to?: string | undefined;
}

/** What differs from a baseline, and when. */
export interface DriftSearch extends ReportSearch {
  class?: string | undefined;
  as_of?: string | undefined;
}

function readReport(raw: RawSearch): ReportSearch {
  return { change: oneOf(raw["change"], changes), topic: text(raw["topic"]) };
}

export function readChangesSearch(raw: RawSearch): ChangesSearch {
  const { sort: _sort, cols: _cols, ...filter } = readCiSearch(raw);
  return { ...filter, ...readReport(raw), from: time(raw["from"]), to: time(raw["to"]) };
}

export function readDriftSearch(raw: RawSearch): DriftSearch {
  return { ...readReport(raw), class: text(raw["class"]), as_of: time(raw["as_of"]) };
}
