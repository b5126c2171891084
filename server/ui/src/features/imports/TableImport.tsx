import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useClassBook } from "../../api/classes";
import { useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Field, SelectField } from "../../ui/Field";
import { Note, Skeleton } from "../../ui/States";
import { Name } from "../../ui/Text";
import styles from "./Imports.module.css";
import { TableMappingForm } from "./TableMappingForm";
import { TableRun } from "./TableRun";
import { inspect } from "./table";
import type { TableMapping } from "../../api/types";

const SEPARATORS = [",", ";", "\t"] as const;

interface Picked {
  id: string;
  file: File;
}

/** A table step by step: the file, what its columns mean, what would happen, what did. */
export function TableImport() {
  const t = useT();
  const [picked, setPicked] = useState<Picked | null>(null);
  return (
    <Card title={t("exchange.tables")}>
      <div className="stack">
        <p className="soft">{t("exchange.tables_text")}</p>
        <Field label={t("exchange.file")} hint={t("exchange.file_hint")}>
          {(control) => (
            <input
              {...control}
              type="file"
              accept=".csv,.tsv,.txt,.ndjson,.jsonl,text/csv"
              onChange={(event) => {
                const file = event.target.files?.[0];
                setPicked(file ? { id: crypto.randomUUID(), file } : null);
              }}
            />
          )}
        </Field>
        {picked && <Steps key={picked.id} file={picked.file} />}
      </div>
    </Card>
  );
}

function Steps({ file }: { file: File }) {
  const t = useT();
  const book = useClassBook();
  const [className, setClassName] = useState("");
  const [separator, setSeparator] = useState("");
  const [mapping, setMapping] = useState<TableMapping | null>(null);
  const [ready, setReady] = useState(false);
  const looked = useQuery({ queryKey: ["import-table", file.name, file.size, file.lastModified, className, separator], queryFn: () => inspect(file, { className, separator }), staleTime: Infinity, gcTime: 0, retry: false });
  const change = (next: TableMapping | null) => {
    setMapping(next);
    setReady(false);
  };
  const choices = book.classes.filter((one) => !one.abstract && !one.hidden);
  return (
    <>
      <div className={styles.pair}>
        <SelectField
          label={t("exchange.class")}
          hint={t("exchange.class_hint")}
          value={className}
          onChange={(event) => {
            setClassName(event.target.value);
            change(null);
          }}
        >
          <option value="">{t("exchange.class_of_row")}</option>
          {choices.map((one) => (
            <option key={one.name} value={one.name}>
              {book.label(one.name)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t("exchange.separator")}
          value={separator}
          onChange={(event) => {
            setSeparator(event.target.value);
            change(null);
          }}
        >
          <option value="">{t("exchange.separator_auto")}</option>
          {SEPARATORS.map((one) => (
            <option key={one} value={one}>
              {one === "\t" ? t("exchange.tab") : one}
            </option>
          ))}
        </SelectField>
      </div>
      {looked.isPending && <Skeleton rows={3} label={t("imports.reading")} />}
      {looked.error && <ProblemNote error={looked.error} />}
      {looked.data && (
        <>
          <Note>
            <Name>{file.name}</Name> · {t("exchange.looked", { rows: looked.data.rows, columns: looked.data.headings.length, encoding: looked.data.encoding.toUpperCase() })}
          </Note>
          <TableMappingForm table={looked.data} className={className} mapping={mapping ?? looked.data.proposal} onChange={change} />
          {ready ? (
            <TableRun file={file} mapping={mapping ?? looked.data.proposal} separator={separator} onBack={() => setReady(false)} />
          ) : (
            <div>
              <Button tone="primary" reason={(mapping ?? looked.data.proposal).columns.length === 0 ? t("exchange.nothing_means") : null} onClick={() => setReady(true)}>
                {t("exchange.try")}
              </Button>
            </div>
          )}
        </>
      )}
    </>
  );
}
