import { Link } from "@tanstack/react-router";
import { Suspense, lazy, useState } from "react";
import { can } from "../../../api/can";
import { useSession } from "../../../api/session";
import { useT, withMessages } from "../../../i18n";
import { paths } from "../../../paths";
import { Button, buttonClass } from "../../../ui/Button";
import type { CiSearch } from "../list/filters";
import { filterOf } from "./filterOf";

const TakeBaselineDialog = lazy(() => withMessages("baselines", () => import("./TakeBaselineDialog")));

/** What the CI list offers about the past of what it shows. */
export default function HistoryButtons({ search }: { search: CiSearch }) {
  const t = useT();
  const mayTake = can(useSession(), "ci.write");
  const [taking, setTaking] = useState(false);
  const { sort: _sort, cols: _cols, ...filter } = search;
  return (
    <>
      <Link {...paths.changes(filter)} className={buttonClass()}>
        {t("cis.changes")}
      </Link>
      {mayTake && <Button onClick={() => setTaking(true)}>{t("cis.take_baseline")}</Button>}
      {taking && (
        <Suspense>
          <TakeBaselineDialog filter={filterOf(search)} onClose={() => setTaking(false)} />
        </Suspense>
      )}
    </>
  );
}
