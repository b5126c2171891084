import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { TableMapping } from "../../api/types";
import { useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { OrganisationField } from "../../layout/OrganisationField";
import { Button, buttonClass } from "../../ui/Button";
import { Note, Skeleton } from "../../ui/States";
import styles from "./Imports.module.css";
import { ReportView } from "./ReportView";
import { sendTable } from "./table";

interface Props {
  file: File;
  mapping: TableMapping;
  separator: string;
  onBack: () => void;
}

/** What would become of each row, and then what did. */
export function TableRun({ file, mapping, separator, onBack }: Props) {
  const t = useT();
  const client = useQueryClient();
  const [organisation, setOrganisation] = useState("");
  const [key] = useState(() => crypto.randomUUID());
  const tried = useQuery({
    queryKey: ["import-table-run", file.name, file.lastModified, mapping, separator, organisation],
    queryFn: () => sendTable(file, mapping, { dryRun: true, separator, organisation }),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const apply = useMutation({
    mutationFn: () => sendTable(file, mapping, { dryRun: false, separator, organisation, key }),
    onSuccess: () => {
      for (const queryKey of [["imports"], ["cis"]]) void client.invalidateQueries({ queryKey });
    },
  });
  const report = apply.data ?? tried.data;
  const nothing = tried.data !== undefined && tried.data.totals.unchanged === tried.data.totals.items;
  return (
    <>
      {!apply.data && <OrganisationField value={organisation} error={null} onChange={setOrganisation} />}
      {tried.isPending && <Skeleton rows={3} label={t("exchange.trying")} />}
      {(tried.error ?? apply.error) && <ProblemNote error={tried.error ?? apply.error} />}
      {apply.data && (
        <Note tone="ok" role="status">
          {t("imports.applied")}
        </Note>
      )}
      {!apply.data && tried.data && <Note>{t(nothing ? "imports.nothing_to_do" : "imports.preview")}</Note>}
      <div className={styles.bar}>
        {tried.data && !apply.data && (
          <Button tone="primary" busy={apply.isPending} onClick={() => apply.mutate()}>
            {t("imports.apply")}
          </Button>
        )}
        {apply.data?.import && (
          <a className={buttonClass()} href={`/api/v1/imports/${apply.data.import.id}/report.csv`} download="">
            {t("exchange.report_csv")}
          </a>
        )}
        {!apply.data && <Button onClick={onBack}>{t("exchange.back")}</Button>}
      </div>
      {report && <ReportView report={report} />}
    </>
  );
}
