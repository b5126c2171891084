import { Link, getRouteApi } from "@tanstack/react-router";
import { useT } from "../../../i18n";
import { paths } from "../../../paths";
import { Button, buttonClass } from "../../../ui/Button";
import { Note } from "../../../ui/States";
import { Time } from "../../../ui/Time";

const route = getRouteApi("/app/cis/$id/$tab");

/** Says that the page shows the past, and leads back to now or to what differs from it. */
export function PastNote({ id, asOf }: { id: string; asOf: string }) {
  const t = useT();
  const navigate = route.useNavigate();
  return (
    <Note tone="accent" role="status">
      <span className="row wrap">
        {t("ci.as_of_note")} <Time at={asOf} show="full" />
        <Button small onClick={() => void navigate({ search: (before) => ({ ...before, as_of: undefined }) })}>
          {t("ci.back_to_now")}
        </Button>
        <Link {...paths.ci(id, "history", { from: asOf })} className={buttonClass("default", true)}>
          {t("timeline.compare")}
        </Link>
      </span>
    </Note>
  );
}
