import { getRouteApi } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useClassBook } from "../../../api/classes";
import { healthQuery } from "../../../api/health";
import { useT } from "../../../i18n";
import { Page } from "../../../layout/Page";
import { IconButton } from "../../../ui/Button";
import { Segments } from "../../../ui/Field";
import { Code, Name } from "../../../ui/Text";
import { DueAttestations } from "./DueAttestations";
import { Figures } from "./Figures";
import { healthFilter, healthViews, type HealthSearch } from "./filters";
import { SilentHosts } from "./SilentHosts";

const route = getRouteApi("/app/health");

/** How good the register is: figures, hosts that fell silent, and what is to be confirmed. */
export function HealthPage() {
  const t = useT();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { view = "figures" } = search;
  const go = (next: Partial<HealthSearch>) => void navigate({ search: (before) => ({ ...before, ...next }) });
  return (
    <Page title={t("nav.health")} actions={<Segments label={t("figures.view")} value={view} options={healthViews.map((one) => [one, t(`figures.view_${one}`)] as const)} onChange={(next) => go({ view: next === "figures" ? undefined : next })} />}>
      {view !== "attest" && <Narrowed search={search} onClear={go} />}
      {view === "figures" && <Figures search={search} />}
      {view === "silent" && <SilentHosts search={search} />}
      {view === "attest" && <DueAttestations all={search.all === "1"} onAll={(all) => go({ all: all ? "1" : undefined })} />}
    </Page>
  );
}

/** What the figures are narrowed to, with a way out of each. */
function Narrowed({ search, onClear }: { search: HealthSearch; onClear: (next: Partial<HealthSearch>) => void }) {
  const t = useT();
  const book = useClassBook();
  const health = useQuery(healthQuery(healthFilter(search)));
  const organisation = health.data?.organisations.find((one) => one.id === search.organisation)?.name ?? search.organisation;
  if (!search.class && !search.organisation && !search.q) return null;
  const clear = (name: string, next: Partial<HealthSearch>) => <IconButton small icon="close" label={t("figures.clear", { filter: name })} onClick={() => onClear(next)} />;
  return (
    <p className="row wrap">
      <span>{t("figures.narrowed")}</span>
      {search.class && (
        <span className="row">
          {book.label(search.class)} {clear(book.label(search.class), { class: undefined })}
        </span>
      )}
      {search.organisation && (
        <span className="row">
          <Name>{organisation ?? ""}</Name> {clear(organisation ?? "", { organisation: undefined })}
        </span>
      )}
      {search.q && (
        <span className="row">
          <Code>{search.q}</Code> {clear(search.q, { q: undefined })}
        </span>
      )}
    </p>
  );
}
