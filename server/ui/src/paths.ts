import { linkOptions } from "@tanstack/react-router";
import type { AgentSearch } from "./features/agents/filters";
import type { AuditSearch } from "./features/audit/filters";
import type { DuplicatesSearch } from "./features/cmdb/duplicates/filters";
import type { HealthSearch } from "./features/cmdb/health/filters";
import type { CiSearch } from "./features/cmdb/list/filters";
import type { ChangesSearch, DriftSearch } from "./features/cmdb/history/search";
import type { ImportSearch } from "./features/imports/filters";
import type { EditSearch } from "./features/cmdb/edits/filters";
import type { TabSearch } from "./features/cmdb/page/tabSearch";
import type { IdentificationSearch } from "./features/identification/filters";
import type { ProductSearch } from "./features/software/filters";

/** The tabs of a CI's page, in their order. */
export const ciTabs = ["overview", "hardware", "software", "services", "containers", "storage", "network", "security", "relations", "history", "utilisation", "faults"] as const;
export type CiTab = (typeof ciTabs)[number];

/** Every place in the product. Pages link by these, never by a written address. */
export const paths = {
  home: () => linkOptions({ to: "/" }),
  cis: (search: CiSearch = {}) => linkOptions({ to: "/cis", search }),
  ci: (id: string, tab: CiTab = "overview", search: TabSearch = {}) => linkOptions({ to: "/cis/$id/$tab", params: { id, tab }, search }),
  changes: (search: ChangesSearch = {}) => linkOptions({ to: "/cis/changes", search }),
  baselines: () => linkOptions({ to: "/baselines" }),
  baseline: (id: string, search: DriftSearch = {}) => linkOptions({ to: "/baselines/$id", params: { id }, search }),
  edits: () => linkOptions({ to: "/edits" }),
  edit: (id: string, search: EditSearch = {}) => linkOptions({ to: "/edits/$id", params: { id }, search }),
  duplicates: (search: DuplicatesSearch = {}) => linkOptions({ to: "/duplicates", search }),
  health: (search: HealthSearch = {}) => linkOptions({ to: "/health", search }),
  policies: () => linkOptions({ to: "/admin/policies" }),
  software: () => linkOptions({ to: "/software" }),
  product: (id: number, search: ProductSearch = {}) => linkOptions({ to: "/software/$id", params: { id }, search }),
  agents: (search: AgentSearch = {}) => linkOptions({ to: "/agents", search }),
  imports: (search: ImportSearch = {}) => linkOptions({ to: "/imports", search }),
  users: () => linkOptions({ to: "/users" }),
  organisations: () => linkOptions({ to: "/organisations" }),
  classes: (name?: string) => linkOptions({ to: "/admin/classes", search: name ? { class: name } : {} }),
  tokens: () => linkOptions({ to: "/tokens" }),
  identification: (search: IdentificationSearch = {}) => linkOptions({ to: "/admin/identification", search }),
  audit: (search: AuditSearch = {}) => linkOptions({ to: "/audit", search }),
  sources: () => linkOptions({ to: "/admin/sources" }),
  account: () => linkOptions({ to: "/account" }),
  signIn: (next?: string) => linkOptions({ to: "/sign-in", search: next ? { next } : {} }),
};
