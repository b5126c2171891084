import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useClassBook } from "../../../api/classes";
import { answer, answerWithEtag, api } from "../../../api/client";
import { useTimeStyle } from "../../../format/TimeContext";
import { codeText, useLocale, useT } from "../../../i18n";
import { ProblemNote, fieldError, fieldText } from "../../../layout/ErrorState";
import { FormDialog } from "../../../ui/Dialog";
import { SelectField } from "../../../ui/Field";
import { Note, Skeleton } from "../../../ui/States";
import { visibleText } from "../../../ui/Text";
import { AttributeField } from "../AttributeField";
import { readValue, showValue } from "../attributes";
import type { CiPatch, TaggedCi } from "./useCi";

/** Moves an item to another class, and says beforehand what ends and what has to be said as well. */
export default function ClassDialog({ read, onClose }: { read: TaggedCi; onClose: () => void }) {
  const t = useT();
  const locale = useLocale();
  const book = useClassBook();
  const style = useTimeStyle();
  const [target, setTarget] = useState("");
  const [texts, setTexts] = useState<Record<string, string>>({});
  const id = read.body.id;
  const preview = useQuery({
    queryKey: ["ci", id, "class-change", target],
    queryFn: ({ signal }) => answer(api.GET("/cis/{id}/class-change", { params: { path: { id }, query: { class: target } }, signal })),
    enabled: target !== "",
    retry: false,
  });
  const move = useMove(read, onClose);
  const classes = book.classes.filter((one) => !one.abstract && !one.hidden && one.name !== read.body.class);
  const asked = (preview.data?.errors ?? []).map((one) => one.field.replace(/^attributes\./, ""));
  const fields = book.attributesOf(target).filter((one) => asked.includes(one.name));
  const nameOf = (name: string) => book.text(book.attribute(target, name)?.label ?? { en: name, ko: name });
  function submit() {
    const attributes = Object.fromEntries(fields.map((one) => [one.name, readValue(texts[one.name] ?? "", one.type)]).filter(([, value]) => value !== null && value !== undefined));
    move.mutate({ class: target, ...(Object.keys(attributes).length > 0 ? { attributes } : {}) } as CiPatch);
  }
  return (
    <FormDialog onClose={onClose} title={t("ci.change_class")} submitLabel={t("ci.change_class")} busy={move.isPending} onSubmit={submit}>
      <SelectField label={t("ci.class")} value={target} error={fieldError(t, move.error, "class")} onChange={(event) => setTarget(event.target.value)}>
        <option value="" />
        {classes.map((one) => (
          <option key={one.name} value={one.name}>
            {book.label(one.name)}
          </option>
        ))}
      </SelectField>
      {target !== "" && preview.isPending && <Skeleton label={t("ui.loading")} />}
      <ProblemNote error={preview.error} />
      {preview.data && (
        <Note tone={preview.data.lost.length > 0 ? "warning" : "neutral"} role="status">
          <p>{t("class_change.lost", { count: preview.data.lost.length })}</p>
          <ul>
            {preview.data.lost.map((one) => {
              const attribute = book.attribute(read.body.class, one.attribute);
              return (
                <li key={`${one.attribute}/${one.source}`}>
                  {attribute ? book.text(attribute.label) : one.attribute}: <bdi>{visibleText(showValue(one.value, attribute, t, style))}</bdi> <span className="muted">{codeText(t, "source", one.source)}</span>
                </li>
              );
            })}
          </ul>
        </Note>
      )}
      {fields.length > 0 && <p className="soft">{t("class_change.needed")}</p>}
      {fields.map((attribute) => (
        <AttributeField
          key={attribute.name}
          attribute={attribute}
          locale={locale}
          nameOf={nameOf}
          value={texts[attribute.name] ?? ""}
          error={fieldError(t, move.error, `attributes.${attribute.name}`) ?? fieldText(t, texts[attribute.name] ? undefined : preview.data?.errors.map((one) => ({ field: one.field, code: one.code, detail: one.detail })).find((one) => one.field === `attributes.${attribute.name}`))}
          onChange={(value) => setTexts((before) => ({ ...before, [attribute.name]: value }))}
        />
      ))}
      <ProblemNote error={move.error} fields={["class", ...fields.map((one) => `attributes.${one.name}`)]} />
    </FormDialog>
  );
}

function useMove(read: TaggedCi, onClose: () => void) {
  const client = useQueryClient();
  const id = read.body.id;
  return useMutation({
    mutationFn: (body: CiPatch) => answerWithEtag(api.PATCH("/cis/{id}", { params: { path: { id }, header: { "If-Match": read.etag } }, body })),
    onSuccess: (saved) => {
      client.setQueryData(["ci", id, null], saved);
      void client.invalidateQueries({ queryKey: ["cis"] });
      void client.invalidateQueries({ queryKey: ["classes"] });
      void client.invalidateQueries({ queryKey: ["ci", id, "history"] });
      onClose();
    },
    onError: () => void client.invalidateQueries({ queryKey: ["ci", id] }),
  });
}
