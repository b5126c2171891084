import { getRouteApi } from "@tanstack/react-router";
import { Suspense, lazy, type ComponentType } from "react";
import { useT } from "../../../i18n";
import { ErrorState } from "../../../layout/ErrorState";
import { Page } from "../../../layout/Page";
import type { CiTab } from "../../../paths";
import { Card } from "../../../ui/Card";
import { Skeleton } from "../../../ui/States";
import { PastNote } from "../history/PastNote";
import { PartNote, useOwnAddress } from "../merge/PartNote";
import { CiHeader, CiTabs, pastTabs } from "./CiHeader";
import styles from "./CiPage.module.css";
import { useCi, type TaggedCi } from "./useCi";

const TimeSlider = lazy(() => import("../history/TimeSlider"));
const route = getRouteApi("/app/cis/$id/$tab");

/** What every tab gets: the CI with its tag. */
export interface TabProps {
  read: TaggedCi;
}

const tabs: Record<CiTab, ComponentType<TabProps>> = {
  overview: lazy(() => import("./OverviewTab")),
  hardware: lazy(() => import("./HardwareTab")),
  software: lazy(() => import("./SoftwareTab")),
  services: lazy(() => import("./ServicesTab")),
  containers: lazy(() => import("./ContainersTab")),
  storage: lazy(() => import("./StorageTab")),
  network: lazy(() => import("./NetworkTab")),
  security: lazy(() => import("./SecurityTab")),
  relations: lazy(() => import("./RelationsTab")),
  history: lazy(() => import("./HistoryTab")),
  utilisation: lazy(() => import("./UtilisationTab")),
  faults: lazy(() => import("./FaultsTab")),
};

/** One CI: who it is at the top, and one of its tabs below. */
export function CiPage() {
  const t = useT();
  const { id, tab } = route.useParams();
  const { as_of: asOf, part } = route.useSearch();
  const ci = useCi(id, asOf);
  useOwnAddress(id, ci.data?.body.id);
  if (ci.error && !ci.data) {
    return (
      <Page title={t("ci.title")}>
        <Card flush>
          <ErrorState error={ci.error} onRetry={() => void ci.refetch()} />
        </Card>
      </Page>
    );
  }
  if (!ci.data) {
    return (
      <Page title={t("ci.title")}>
        <Card flush>
          <Skeleton rows={10} label={t("ui.loading")} />
        </Card>
      </Page>
    );
  }
  const Tab = tabs[asOf && !pastTabs.includes(tab) ? "overview" : tab];
  return (
    <Page title={ci.data.body.name} header={<CiHeader read={ci.data} />}>
      <div className={styles.timeline}>
        <Suspense>
          <TimeSlider id={ci.data.body.id} />
        </Suspense>
      </div>
      {asOf && <PastNote id={ci.data.body.id} asOf={asOf} />}
      {part && <PartNote id={id} part={part} />}
      <CiTabs ci={ci.data.body} />
      <Suspense fallback={<Skeleton rows={8} label={t("ui.loading")} />}>
        <Tab key={`${id}/${tab}`} read={ci.data} />
      </Suspense>
    </Page>
  );
}
