import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useMemo, useState, type KeyboardEvent } from "react";
import { answer, api } from "../../../api/client";
import { useNow, useTimeStyle } from "../../../format/TimeContext";
import { formatTime, zoneName } from "../../../format/time";
import { useT } from "../../../i18n";
import { Button } from "../../../ui/Button";
import styles from "./History.module.css";
import { asOfPlace, marks, nearest, placeAfter, placeOf, timelineOf } from "./timeline";

const route = getRouteApi("/app/cis/$id/$tab");
/** While the slider moves on, nothing is read. */
const REST_MS = 200;

/** Moves the page along the CI's history, from change to change. */
export default function TimeSlider({ id }: { id: string }) {
  const t = useT();
  const style = useTimeStyle();
  const now = useNow();
  const { as_of: asOf } = route.useSearch();
  const navigate = route.useNavigate();
  const found = useQuery({ queryKey: ["ci", id, "moments"], queryFn: ({ signal }) => answer(api.GET("/cis/{id}/moments", { params: { path: { id } }, signal })), staleTime: 60_000 });
  const timeline = useMemo(() => timelineOf(found.data?.moments ?? [], now), [found.data, now]);
  const [moved, setMoved] = useState<number | null>(null);
  const last = timeline.moments.length;
  const place = moved ?? placeOf(timeline, asOf);
  useEffect(() => {
    if (moved === null) return;
    const target = asOfPlace(timeline, moved);
    // The page is where the slider is: from here on the address leads.
    if (target === asOf) {
      setMoved(null);
      return;
    }
    const timer = setTimeout(() => void navigate({ search: (before) => ({ ...before, as_of: target }), replace: true, resetScroll: false }), REST_MS);
    return () => clearTimeout(timer);
  }, [moved, navigate, timeline, asOf]);
  if (last === 0) return found.isPending ? null : <span />;
  const at = moved === null ? asOf : asOfPlace(timeline, moved);
  const text = at ? `${formatTime(new Date(at), style, now)} ${zoneName(style.zone, new Date(at))}` : t("timeline.now");
  function press(event: KeyboardEvent) {
    const next = placeAfter(event.key, place, last);
    if (next === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    setMoved(next);
  }
  const stepTo = (step: number) => setMoved(Math.min(last, Math.max(0, place + step)));
  return (
    <div className={styles.slider} role="group" aria-label={t("timeline.title")}>
      <div className={styles.track}>
        <Button small reason={place <= 0 ? t("timeline.is_first") : null} onClick={() => stepTo(-1)}>
          {t("timeline.earlier")}
        </Button>
        <span className={styles.scale}>
          <input
            type="range"
            aria-label={t("timeline.time")}
            aria-valuetext={text}
            min={timeline.start}
            max={timeline.end}
            step="any"
            value={at ? Date.parse(at) : timeline.end}
            onKeyDown={press}
            onChange={(event) => setMoved(nearest(timeline, Number(event.target.value)))}
          />
          <svg className={styles.marks} viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
            <path d={marks(timeline)} />
          </svg>
        </span>
        <Button small reason={place >= last ? t("timeline.is_now") : null} onClick={() => stepTo(1)}>
          {t("timeline.later")}
        </Button>
      </div>
      <div className={styles.ends}>
        <span>{found.data?.truncated ? t("timeline.truncated") : t("timeline.changes", { count: last })}</span>
        <strong className="num">{text}</strong>
      </div>
    </div>
  );
}
