import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import type { TableMapping } from "../../api/types";
import { useT } from "../../i18n";
import { ProblemNote } from "../../layout/ErrorState";
import { Button } from "../../ui/Button";
import { SelectField, TextField } from "../../ui/Field";
import styles from "./Imports.module.css";

/** What the reader keeps of what columns mean, for his next file. */
export function SavedMappings({ mapping, onTake }: { mapping: TableMapping; onTake: (mapping: TableMapping) => void }) {
  const t = useT();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [taken, setTaken] = useState("");
  const kept = useQuery({ queryKey: ["import-mappings"], queryFn: ({ signal }) => answer(api.GET("/import-mappings", { signal })) });
  const refresh = () => void client.invalidateQueries({ queryKey: ["import-mappings"] });
  const save = useMutation({ mutationFn: () => answer(api.POST("/import-mappings", { body: { name, mapping } })), onSuccess: refresh });
  const forget = useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/import-mappings/{id}", { params: { path: { id } } })),
    onSuccess: () => {
      setTaken("");
      refresh();
    },
  });
  const items = kept.data?.items ?? [];
  return (
    <div className="stack">
      <div className={styles.pair}>
        <div className={styles.bar}>
          <div className={styles.grow}>
            <SelectField
              label={t("exchange.kept")}
              value={taken}
              disabled={items.length === 0}
              onChange={(event) => {
                const one = items.find((each) => each.id === event.target.value);
                setTaken(one?.id ?? "");
                setName(one?.name ?? "");
                if (one) onTake(one.mapping);
              }}
            >
              <option value="">{t(items.length === 0 ? "exchange.kept_none" : "exchange.kept_choose")}</option>
              {items.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </SelectField>
          </div>
          {taken && (
            <Button small busy={forget.isPending} onClick={() => forget.mutate(taken)}>
              {t("exchange.forget")}
            </Button>
          )}
        </div>
        <div className={styles.bar}>
          <div className={styles.grow}>
            <TextField label={t("exchange.keep_as")} value={name} maxLength={255} onChange={(event) => setName(event.target.value)} />
          </div>
          <Button small busy={save.isPending} reason={name.trim() === "" ? t("exchange.name_it") : null} onClick={() => save.mutate()}>
            {t("exchange.keep")}
          </Button>
        </div>
      </div>
      {save.isSuccess && (
        <p className="soft" role="status">
          {t("exchange.kept_now")}
        </p>
      )}
      {(save.error ?? forget.error) && <ProblemNote error={save.error ?? forget.error} />}
    </div>
  );
}
