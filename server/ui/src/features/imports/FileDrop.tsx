import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type DragEvent } from "react";
import { ApiError } from "../../api/errors";
import { formatBytes } from "../../format/number";
import { useLocale, useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { Button, buttonClass } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { classes } from "../../ui/classes";
import { Note, Skeleton } from "../../ui/States";
import { Name } from "../../ui/Text";
import styles from "./Imports.module.css";
import { ReportView } from "./ReportView";
import { send } from "./upload";

interface Picked {
  id: string;
  file: File;
}

/** Takes files, says what each would do, and does it when the reader agrees. */
export function FileDrop() {
  const t = useT();
  const [picked, setPicked] = useState<readonly Picked[]>([]);
  const [over, setOver] = useState(false);
  const input = useId();
  const add = (files: FileList | null) => setPicked((before) => [...before, ...Array.from(files ?? [], (file) => ({ id: crypto.randomUUID(), file }))]);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer.files);
  };
  return (
    <>
      <div
        className={classes(styles.drop, over && styles.over)}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <p>
          <strong>{t("imports.drop")}</strong>
        </p>
        <p className="soft">{t("imports.drop_text")}</p>
        <label htmlFor={input} className={buttonClass("primary")}>
          {t("imports.choose")}
        </label>
        <input
          id={input}
          className={styles.hidden}
          type="file"
          multiple
          onChange={(event) => {
            add(event.target.files);
            event.target.value = "";
          }}
        />
      </div>
      {picked.map((one) => (
        <FileCard key={one.id} picked={one} onClose={() => setPicked((before) => before.filter(({ id }) => id !== one.id))} />
      ))}
    </>
  );
}

function FileCard({ picked, onClose }: { picked: Picked; onClose: () => void }) {
  const t = useT();
  const locale = useLocale();
  const client = useQueryClient();
  const preview = useQuery({ queryKey: ["import-preview", picked.id], queryFn: () => send(picked.file, { dryRun: true }), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });
  const apply = useMutation({
    mutationFn: () => send(picked.file, { dryRun: false, key: picked.id }),
    onSuccess: () => {
      for (const queryKey of [["imports"], ["cis"]]) void client.invalidateQueries({ queryKey });
    },
  });
  const report = apply.data ?? preview.data;
  const nothing = preview.data !== undefined && preview.data.totals.unchanged === preview.data.totals.items;
  return (
    <Card
      title={<Name>{picked.file.name}</Name>}
      actions={
        <span className={styles.bar}>
          <span className="muted num">{formatBytes(picked.file.size, locale)}</span>
          {preview.data && !apply.data && (
            <Button tone="primary" small busy={apply.isPending} onClick={() => apply.mutate()}>
              {t("imports.apply")}
            </Button>
          )}
          <Button small onClick={onClose}>
            {t(apply.data ? "ui.close" : "ui.cancel")}
          </Button>
        </span>
      }
    >
      <div className="stack">
        {preview.isPending && <Skeleton rows={3} label={t("imports.reading")} />}
        <Refusal error={preview.error ?? apply.error} />
        {apply.data && (
          <Note tone="ok" role="status">
            {t("imports.applied")}
          </Note>
        )}
        {!apply.data && preview.data && <Note>{t(nothing ? "imports.nothing_to_do" : "imports.preview")}</Note>}
        {report && <ReportView report={report} />}
      </div>
    </Card>
  );
}

/** A file that cannot be read: the server's own words name the place. */
function Refusal({ error }: { error: unknown }) {
  const t = useT();
  const problem = error instanceof ApiError ? error.field("file") : undefined;
  if (!problem) return <ProblemNote error={error} />;
  return (
    <Note tone="critical" role="alert">
      <p>{t("imports.refused")}</p>
      <p>{problem.detail}</p>
    </Note>
  );
}
