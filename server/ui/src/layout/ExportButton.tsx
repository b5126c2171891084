import { Suspense, lazy } from "react";
import { useT } from "../i18n";
import { Button } from "../ui/Button";
import { OnDemand } from "../ui/OnDemand";

const preload = () => import("./ExportMenu");
const ExportMenu = lazy(preload);

/** A list that can be exported: its address in the API and what narrows it. */
export interface Exported {
  path: string;
  params?: Readonly<Record<string, Narrowing>> | undefined;
}

type Narrowing = string | number | boolean | readonly (string | number)[] | undefined;

/** The whole list as a file, in the reader's choice of format. */
export function ExportButton({ path, params }: Exported) {
  const t = useT();
  return (
    <Suspense fallback={null}>
      <OnDemand trigger={<Button icon="download">{t("exchange.export")}</Button>} kind="menu" preload={preload}>
        {(trigger) => <ExportMenu trigger={trigger} path={path} params={params} />}
      </OnDemand>
    </Suspense>
  );
}
