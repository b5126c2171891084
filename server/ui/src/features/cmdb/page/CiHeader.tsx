import { Link, getRouteApi } from "@tanstack/react-router";
import { Suspense, lazy, useEffect, useRef, useState } from "react";
import { verdict } from "../../../api/can";
import { useClassBook } from "../../../api/classes";
import type { Ci } from "../../../api/types";
import { formatNumber } from "../../../format/number";
import { useTimeStyle } from "../../../format/TimeContext";
import { fromLocalField, toLocalField, zoneName } from "../../../format/time";
import { codeText, useLocale, useT, withMessages } from "../../../i18n";
import { paths, type CiTab } from "../../../paths";
import { ClassLetter } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { ClockBadge } from "../../../ui/ClockBadge";
import { Field } from "../../../ui/Field";
import { Icon } from "../../../ui/Icon";
import { Popover } from "../../../ui/Popover";
import { CopyButton, Name, visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { mergeVerdict } from "../merge/allowed";
import { CriticalityBadge, LifecycleBadge, ObservationBadge } from "../words";
import styles from "./CiPage.module.css";
import { LifecycleDialog } from "./LifecycleDialog";
import { reports } from "./reports";
import type { TaggedCi } from "./useCi";

const route = getRouteApi("/app/cis/$id/$tab");
const ClassDialog = lazy(() => import("./ClassDialog"));
const MergeDialog = lazy(() => withMessages("identification", () => import("../merge/MergeDialog")));

/** Name, class, states, and what can be done with the CI. */
export function CiHeader({ read }: { read: TaggedCi }) {
  const t = useT();
  const book = useClassBook();
  const [moving, setMoving] = useState(false);
  const [reclassing, setReclassing] = useState(false);
  const ci = read.body;
  const { as_of: asOf } = route.useSearch();
  const [merging, setMerging] = useState(false);
  const lifecycle = verdict(ci, "change_lifecycle");
  const reclassify = verdict(ci, "reclassify");
  const merge = mergeVerdict(ci);
  return (
    <header className={styles.head}>
      <div className={styles.title}>
        <ClassLetter {...book.mark(ci.class)} big />
        <h1 className={styles.clamp} title={visibleText(ci.name)}>
          {visibleText(ci.name)}
        </h1>
        <ObservationBadge state={ci.observation.state} />
        <LifecycleBadge lifecycle={ci.lifecycle} />
        {ci.criticality !== null && ci.criticality !== undefined && <CriticalityBadge level={ci.criticality} />}
        <div className={styles.end}>
          <AsOf />
          {reclassify.offered && !asOf && (
            <Button reason={reclassify.allowed ? null : codeText(t, "reason", reclassify.reason ?? "needs_permission")} onClick={() => setReclassing(true)}>
              {t("ci.change_class")}
            </Button>
          )}
          {merge.offered && !asOf && (
            <Button reason={merge.allowed ? null : codeText(t, "reason", merge.reason ?? "needs_permission")} onClick={() => setMerging(true)}>
              {t("merge.action")}
            </Button>
          )}
          {lifecycle.offered && !asOf && (
            <Button reason={lifecycle.allowed ? null : codeText(t, "reason", lifecycle.reason ?? "needs_permission")} onClick={() => setMoving(true)}>
              {t("ci.change_lifecycle")}
            </Button>
          )}
        </div>
      </div>
      <div className={styles.sub}>
        <span>{book.label(ci.class)}</span>
        {ci.parent && (
          <span>
            {t("ci.parent")}{" "}
            <Link {...paths.ci(ci.parent.id)}>
              <Name>{ci.parent.name}</Name>
            </Link>
          </span>
        )}
        <span>{ci.organisation.name}</span>
        {ci.environment && <span>{codeText(t, "environment", ci.environment)}</span>}
        <span>
          {t("ci.last_seen")} <Time at={ci.observation.last_seen} show="relative" />
        </span>
        {ci.agent && (
          <span>
            <Link {...paths.agents({ q: ci.name })}>{t("ci.agent")}</Link> {codeText(t, "presence", ci.agent.presence)}
          </span>
        )}
        <ClockBadge behind={ci.agent?.clock_behind_s} />
        <span>
          ID <CopyButton text={ci.id} label={t("ci.copy_id")} />
        </span>
      </div>
      {merging && (
        <Suspense>
          <MergeDialog ci={ci} onClose={() => setMerging(false)} />
        </Suspense>
      )}
      {moving && <LifecycleDialog read={read} onClose={() => setMoving(false)} />}
      {reclassing && <ClassDialog read={read} onClose={() => setReclassing(false)} />}
    </header>
  );
}

/** Chooses a past moment; the page then shows what was true then. */
function AsOf() {
  const t = useT();
  const { zone } = useTimeStyle();
  const { as_of: asOf } = route.useSearch();
  const navigate = route.useNavigate();
  const set = (value: string | null) => void navigate({ search: (before) => ({ ...before, as_of: value ?? undefined }) });
  return (
    <Popover
      align="end"
      label={t("ci.as_of")}
      trigger={
        <Button>
          {t("ci.as_of")}
          <Icon name="down" size={12} />
        </Button>
      }
    >
      <Field label={t("ci.as_of_field", { zone: zoneName(zone) })}>
        {(control) => <input type="datetime-local" {...control} defaultValue={asOf ? toLocalField(asOf, zone) : ""} onChange={(event) => set(fromLocalField(event.target.value, zone))} />}
      </Field>
    </Popover>
  );
}

/** The tabs that can show the past; the others know only the last report. */
export const pastTabs: readonly CiTab[] = ["overview", "software", "relations", "history"];

interface TabEntry {
  tab: CiTab;
  count?: number;
  alert?: boolean;
}

/** Which tabs a CI has: those of a host only where an agent reported sections, in the past only those that reach back. */
export function tabsOf(ci: Ci, past: boolean): TabEntry[] {
  const observed = ci.sections.length > 0 || ci.agent !== null;
  const has = (section: string) => reports(ci, section);
  const tabs: (TabEntry | false)[] = [
    { tab: "overview" },
    observed && { tab: "hardware" },
    has("software") && { tab: "software", count: ci.counts.software },
    observed && { tab: "services" },
    has("containers") && { tab: "containers" },
    has("storage") && { tab: "storage" },
    has("network") && { tab: "network" },
    ["certificates", "accounts", "firewall", "kernel"].some(has) && { tab: "security" },
    { tab: "relations", count: ci.counts.relations },
    { tab: "history" },
    observed && { tab: "utilisation" },
    observed && { tab: "faults", count: ci.faults.length, alert: ci.faults.length > 0 },
  ];
  return tabs.filter((one) => one !== false).filter(({ tab }) => !past || pastTabs.includes(tab));
}

export function CiTabs({ ci }: { ci: Ci }) {
  const t = useT();
  const locale = useLocale();
  const { as_of: asOf } = route.useSearch();
  const { tab: shown } = route.useParams();
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    bar.current?.querySelector("[aria-current=page]")?.scrollIntoView({ inline: "nearest", block: "nearest" });
  }, [shown]);
  return (
    <nav ref={bar} className={styles.tabs} aria-label={t("ci.tabs")}>
      {tabsOf(ci, asOf !== undefined).map(({ tab, count, alert }) => (
        <Link key={tab} {...paths.ci(ci.id, tab)} search={asOf ? { as_of: asOf } : {}} className={styles.tab} activeOptions={{ includeSearch: false }} resetScroll={false}>
          {t(`tab.${tab}`)}
          {count !== undefined && (count > 0 || !alert) && <span className={`${styles.tabCount} ${alert ? styles.tabAlert : ""}`}>{formatNumber(count, locale)}</span>}
        </Link>
      ))}
    </nav>
  );
}
