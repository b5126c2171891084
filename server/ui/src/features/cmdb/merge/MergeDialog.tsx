import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useClassBook } from "../../../api/classes";
import { answer, api } from "../../../api/client";
import { ApiError } from "../../../api/errors";
import type { Ci, CiItem } from "../../../api/types";
import { useT } from "../../../i18n";
import { ErrorState, ProblemNote, fieldError } from "../../../layout/ErrorState";
import { paths } from "../../../paths";
import { ClassLetter } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { RowList } from "../../../ui/Card";
import { Dialog, FormDialog } from "../../../ui/Dialog";
import { Field } from "../../../ui/Field";
import { SearchField } from "../../../ui/SearchField";
import { Note, Skeleton } from "../../../ui/States";
import { Name, visibleText } from "../../../ui/Text";
import { useCi } from "../page/useCi";
import { Comparison } from "./Comparison";
import { Sides } from "./Sides";

/** Says that a CI is the same as another: finds the other, shows both side by side, and makes them one. */
export default function MergeDialog({ ci, onClose }: { ci: Ci; onClose: () => void }) {
  const [other, setOther] = useState<string | null>(null);
  if (other) return <ConfirmMerge ci={ci} other={other} onBack={() => setOther(null)} onClose={onClose} />;
  return <FindOther ci={ci} onFound={setOther} onClose={onClose} />;
}

/** The class of the tree's top below which the CI's own lies: others cannot be the same thing. */
function useKin(ci: Ci): string {
  const book = useClassBook();
  return book.tops.find((top) => book.isA(ci.class, top.name))?.name ?? ci.class;
}

function FindOther({ ci, onFound, onClose }: { ci: Ci; onFound: (id: string) => void; onClose: () => void }) {
  const t = useT();
  const book = useClassBook();
  const kin = useKin(ci);
  const [q, setQ] = useState("");
  const found = useQuery({
    queryKey: ["cis", "same", kin, ci.organisation.id, q],
    queryFn: ({ signal }) => answer(api.GET("/cis", { params: { query: { q, class: [kin], organisation: [ci.organisation.id], limit: 8 } }, signal })),
    enabled: q !== "",
    placeholderData: keepPreviousData,
  });
  const hits = (found.data?.items ?? []).filter((one) => one.id !== ci.id);
  return (
    <Dialog wide onClose={onClose} title={t("merge.title")} footer={<Button onClick={onClose}>{t("ui.cancel")}</Button>}>
      <p className="soft">{t("merge.find_intro", { name: visibleText(ci.name) })}</p>
      <SearchField label={t("merge.find")} clearLabel={t("ui.clear")} placeholder={t("merge.find_placeholder")} value={q} onSearch={setQ} />
      <div role="status">
        {found.error && <ErrorState error={found.error} />}
        {q !== "" && found.isPending && <Skeleton rows={3} label={t("ui.loading")} />}
        {q !== "" && found.data && hits.length === 0 && <p className="muted">{t("ui.nothing_matches")}</p>}
      </div>
      {q !== "" && hits.length > 0 && (
        <RowList>
          {hits.map((hit) => (
            <li key={hit.id}>
              <Hit hit={hit} label={book.label(hit.class)} onFound={onFound} />
            </li>
          ))}
        </RowList>
      )}
    </Dialog>
  );
}

function Hit({ hit, label, onFound }: { hit: CiItem; label: string; onFound: (id: string) => void }) {
  const t = useT();
  const book = useClassBook();
  return (
    <span className="row grow">
      <ClassLetter {...book.mark(hit.class)} />
      <span className="grow">
        <Name>{hit.name}</Name>
      </span>
      <span className="muted">{label}</span>
      <Button small aria-label={t("merge.choose_of", { name: visibleText(hit.name) })} onClick={() => onFound(hit.id)}>
        {t("merge.choose")}
      </Button>
    </span>
  );
}

interface ConfirmProps {
  ci: Ci;
  other: string;
  onBack: () => void;
  onClose: () => void;
}

function ConfirmMerge({ ci, other, onBack, onClose }: ConfirmProps) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const read = useCi(other);
  const [stays, setStays] = useState(ci.id);
  const [reason, setReason] = useState("");
  const [id, merged] = stays === ci.id ? [ci.id, other] : [other, ci.id];
  const merge = useMutation({
    mutationFn: () => answer(api.POST("/cis/{id}/merge", { params: { path: { id } }, body: { with: merged, ...(reason.trim() ? { reason: reason.trim() } : {}) } })),
    onSuccess: async () => {
      for (const key of ["ci", "cis", "proposals"]) void client.invalidateQueries({ queryKey: [key] });
      onClose();
      await navigate(paths.ci(id, "overview", { part: merged }));
    },
  });
  const heads = [t("merge.this_item"), t("merge.other_item")] as const;
  const body = read.data?.body;
  const side = (one: Ci, tag: string) => ({ id: one.id, name: one.name, class: one.class, tag, ci: one });
  if (!body) {
    return (
      <Dialog wide onClose={onClose} title={t("merge.title")} footer={<Button onClick={onBack}>{t("merge.back")}</Button>}>
        {read.error ? <ErrorState error={read.error} onRetry={() => void read.refetch()} /> : <Skeleton rows={6} label={t("ui.loading")} />}
      </Dialog>
    );
  }
  return (
    <FormDialog wide onClose={onClose} title={t("merge.title")} submitLabel={t("merge.submit")} busy={merge.isPending} onSubmit={() => merge.mutate()}>
      <p className="soft">{t("merge.confirm_intro")}</p>
      <Sides sides={[side(ci, heads[0]), side(body, heads[1])]} chosen={stays} onChoose={setStays} />
      <div>
        <Comparison left={ci} right={body} heads={heads} />
      </div>
      <Field label={t("ci.reason")} optional={t("ui.optional")} error={fieldError(t, merge.error, "reason")}>
        {(control) => <textarea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <MergeProblem error={merge.error} />
      <span>
        <Button small onClick={onBack}>
          {t("merge.back")}
        </Button>
      </span>
    </FormDialog>
  );
}

/** Why two items cannot be one. */
function MergeProblem({ error }: { error: unknown }) {
  const t = useT();
  const refused = error instanceof ApiError ? error.field("with") : undefined;
  if (!refused) return <ProblemNote error={error} fields={["reason"]} />;
  const text = refused.code === "invalid" ? t("merge.refused") : refused.code === "conflict" ? t("merge.refused_retired") : fieldError(t, error, "with");
  return (
    <Note tone="critical" role="alert">
      {text}
    </Note>
  );
}
