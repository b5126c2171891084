import { Outlet, createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect, retainSearchParams, type ErrorComponentProps } from "@tanstack/react-router";
import { ApiError } from "./api/errors";
import { queryClient, whenSignedOut } from "./api/queries";
import { sessionQuery } from "./api/session";
import { readAgentSearch } from "./features/agents/filters";
import { readAuditSearch } from "./features/audit/filters";
import { readDuplicatesSearch } from "./features/cmdb/duplicates/filters";
import { readChangesSearch, readDriftSearch } from "./features/cmdb/history/search";
import { readEditSearch } from "./features/cmdb/edits/filters";
import { readHealthSearch } from "./features/cmdb/health/filters";
import { readCiSearch } from "./features/cmdb/list/filters";
import { readTabSearch } from "./features/cmdb/page/tabSearch";
import { readImportSearch } from "./features/imports/filters";
import { readIdentificationSearch } from "./features/identification/filters";
import { readProductSearch, readSoftwareSearch } from "./features/software/filters";
import { withMessages } from "./i18n";
import { ErrorState } from "./layout/ErrorState";
import { NotFound } from "./layout/NotFound";
import { ciTabs, paths } from "./paths";
import { parseSearch, stringifySearch, text, zone, type RawSearch } from "./search";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: PageError });

function PageError({ error, reset }: ErrorComponentProps) {
  return <ErrorState error={error} onRetry={reset} />;
}

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  validateSearch: (raw: RawSearch): { token?: string } => ({ token: text(raw["token"]) }),
  component: lazyRouteComponent(() => import("./features/session/SetupPage"), "SetupPage"),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (raw: RawSearch): { next?: string; done?: string } => ({ next: text(raw["next"]), done: text(raw["done"]) }),
  component: lazyRouteComponent(() => import("./features/session/SignInPage"), "SignInPage"),
});

const setPassword = createRoute({
  getParentRoute: () => root,
  path: "/set-password",
  validateSearch: (raw: RawSearch): { token?: string } => ({ token: text(raw["token"]) }),
  component: lazyRouteComponent(() => import("./features/session/SetPasswordPage"), "SetPasswordPage"),
});

/** Everything that needs a session: without one the reader signs in first and comes back. */
const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  validateSearch: (raw: RawSearch): { tz?: string | undefined } => ({ tz: zone(raw["tz"]) }),
  // A link out of a page that shows times in a zone of its own shows them so, too.
  search: { middlewares: [retainSearchParams(["tz"])] },
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw redirect(paths.signIn(location.href));
      throw error;
    }
  },
  component: lazyRouteComponent(() => import("./layout/AppShell"), "AppShell"),
});

const home = createRoute({
  getParentRoute: () => app,
  path: "/",
  component: lazyRouteComponent(() => import("./features/home/HomePage"), "HomePage"),
});

const cis = createRoute({
  getParentRoute: () => app,
  path: "/cis",
  validateSearch: readCiSearch,
  component: lazyRouteComponent(() => import("./features/cmdb/list/CiListPage"), "CiListPage"),
});

const ci = createRoute({
  getParentRoute: () => app,
  path: "/cis/$id",
  beforeLoad: ({ params, location }) => {
    if (location.pathname.replace(/\/$/, "").endsWith(params.id)) throw redirect(paths.ci(params.id));
  },
});

const ciTab = createRoute({
  getParentRoute: () => app,
  path: "/cis/$id/$tab",
  params: {
    parse: ({ id, tab }) => ({ id, tab: ciTabs.find((known) => known === tab) ?? ciTabs[0] }),
    stringify: ({ id, tab }) => ({ id, tab }),
  },
  validateSearch: readTabSearch,
  component: lazyRouteComponent(() => import("./features/cmdb/page/CiPage"), "CiPage"),
});

const changes = createRoute({
  getParentRoute: () => app,
  path: "/cis/changes",
  validateSearch: readChangesSearch,
  component: lazyRouteComponent(() => withMessages("baselines", () => import("./features/cmdb/history/ChangesPage")), "ChangesPage"),
});

const baselines = createRoute({
  getParentRoute: () => app,
  path: "/baselines",
  component: lazyRouteComponent(() => withMessages("baselines", () => import("./features/cmdb/history/BaselinesPage")), "BaselinesPage"),
});

const baseline = createRoute({
  getParentRoute: () => app,
  path: "/baselines/$id",
  validateSearch: readDriftSearch,
  component: lazyRouteComponent(() => withMessages("baselines", () => import("./features/cmdb/history/BaselinePage")), "BaselinePage"),
});

const edits = createRoute({
  getParentRoute: () => app,
  path: "/edits",
  component: lazyRouteComponent(() => withMessages("edits", () => import("./features/cmdb/edits/EditsPage")), "EditsPage"),
});

const edit = createRoute({
  getParentRoute: () => app,
  path: "/edits/$id",
  validateSearch: readEditSearch,
  component: lazyRouteComponent(() => withMessages("edits", () => import("./features/cmdb/edits/EditPage")), "EditPage"),
});

const duplicates = createRoute({
  getParentRoute: () => app,
  path: "/duplicates",
  validateSearch: readDuplicatesSearch,
  component: lazyRouteComponent(() => withMessages("identification", () => import("./features/cmdb/duplicates/DuplicatesPage")), "DuplicatesPage"),
});

const health = createRoute({
  getParentRoute: () => app,
  path: "/health",
  validateSearch: readHealthSearch,
  component: lazyRouteComponent(() => withMessages("health", () => import("./features/cmdb/health/HealthPage")), "HealthPage"),
});

const policies = createRoute({
  getParentRoute: () => app,
  path: "/admin/policies",
  component: lazyRouteComponent(() => withMessages("health", () => import("./features/policies/PoliciesPage")), "PoliciesPage"),
});

const identification = createRoute({
  getParentRoute: () => app,
  path: "/admin/identification",
  validateSearch: readIdentificationSearch,
  component: lazyRouteComponent(() => withMessages("identification", () => import("./features/identification/IdentificationPage")), "IdentificationPage"),
});

const organisations = createRoute({
  getParentRoute: () => app,
  path: "/organisations",
  component: lazyRouteComponent(() => import("./features/organisations/OrganisationsPage"), "OrganisationsPage"),
});

const software = createRoute({
  getParentRoute: () => app,
  path: "/software",
  validateSearch: readSoftwareSearch,
  component: lazyRouteComponent(() => import("./features/software/SoftwarePage"), "SoftwarePage"),
});

const product = createRoute({
  getParentRoute: () => app,
  path: "/software/$id",
  params: { parse: ({ id }) => ({ id: Number(id) }), stringify: ({ id }) => ({ id: String(id) }) },
  validateSearch: readProductSearch,
  component: lazyRouteComponent(() => import("./features/software/ProductPage"), "ProductPage"),
});

const agents = createRoute({
  getParentRoute: () => app,
  path: "/agents",
  validateSearch: readAgentSearch,
  component: lazyRouteComponent(() => import("./features/agents/AgentsPage"), "AgentsPage"),
});

const imports = createRoute({
  getParentRoute: () => app,
  path: "/imports",
  validateSearch: readImportSearch,
  component: lazyRouteComponent(() => withMessages("imports", () => withMessages("exchange", () => import("./features/imports/ImportsPage"))), "ImportsPage"),
});

const users = createRoute({
  getParentRoute: () => app,
  path: "/users",
  validateSearch: (raw: RawSearch): { q?: string } => ({ q: text(raw["q"]) }),
  component: lazyRouteComponent(() => import("./features/users/UsersPage"), "UsersPage"),
});

const classModel = createRoute({
  getParentRoute: () => app,
  path: "/admin/classes",
  validateSearch: (raw: RawSearch): { class?: string } => ({ class: text(raw["class"]) }),
  component: lazyRouteComponent(() => import("./features/cmdb/classes/ClassesPage"), "ClassesPage"),
});

const tokens = createRoute({
  getParentRoute: () => app,
  path: "/tokens",
  component: lazyRouteComponent(() => import("./features/tokens/TokensPage"), "TokensPage"),
});

const audit = createRoute({
  getParentRoute: () => app,
  path: "/audit",
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import("./features/audit/AuditPage"), "AuditPage"),
});

const sources = createRoute({
  getParentRoute: () => app,
  path: "/admin/sources",
  component: lazyRouteComponent(() => withMessages("sources", () => import("./features/sources/SourcesPage")), "SourcesPage"),
});

const account = createRoute({
  getParentRoute: () => app,
  path: "/account",
  component: lazyRouteComponent(() => import("./features/account/AccountPage"), "AccountPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([setup, signIn, setPassword, app.addChildren([home, cis, changes, ci, ciTab, baselines, baseline, edits, edit, duplicates, health, policies, software, product, agents, imports, identification, organisations, classModel, users, tokens, audit, sources, account])]),
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  scrollRestoration: true,
  scrollToTopSelectors: ["#main"],
});

whenSignedOut(() => {
  const { location } = router.state;
  if (location.pathname === "/sign-in") return;
  queryClient.removeQueries({ queryKey: sessionQuery.queryKey });
  void router.navigate(paths.signIn(location.href));
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
