import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useClassBook } from "../../api/classes";
import { answer, api } from "../../api/client";
import { useSourceName } from "../../api/sources";
import type { Source, SourceOrder } from "../../api/types";
import { useT } from "../../i18n";
import { ProblemNote, fieldError } from "../../layout/ErrorState";
import { Button, IconButton } from "../../ui/Button";
import { FormDialog } from "../../ui/Dialog";
import { SelectField } from "../../ui/Field";
import { complete, moved } from "./order";
import { Preview } from "./Preview";
import styles from "./Sources.module.css";
import { useSourceChange } from "./useSourceChange";

interface OrderDialogProps {
  sources: readonly Source[];
  orders: readonly SourceOrder[];
  /** The order to change; without it a new one is set. */
  order: SourceOrder | null;
  onClose: () => void;
}

/** Who is asked first for a class and an attribute, tried before it is set. */
export function OrderDialog({ sources, orders, order, onClose }: OrderDialogProps) {
  const t = useT();
  const book = useClassBook();
  const root = orders.find((one) => !one.can_be_removed);
  const [className, setClassName] = useState(order?.class ?? root?.class ?? "");
  const [attribute, setAttribute] = useState(order?.attribute ?? "");
  const [list, setList] = useState(() => complete(order?.sources ?? root?.sources ?? [], sources));
  const body = { class: className, sources: list, ...(attribute ? { attribute } : {}) };
  const preview = useMutation({ mutationFn: () => answer(api.PUT("/source-orders", { body: { ...body, dry_run: true } })) });
  const save = useSourceChange(() => answer(api.PUT("/source-orders", { body })), onClose);
  const attributes = book.classes.find((one) => one.name === className)?.attributes ?? [];
  const error = save.error ?? preview.error;
  const change = (act: () => void) => {
    preview.reset();
    act();
  };
  return (
    <FormDialog wide onClose={onClose} title={t(order ? "sources.order_edit" : "sources.order_add")} submitLabel={t("ui.save")} busy={save.isPending} onSubmit={() => save.mutate(undefined)}>
      {!order && (
        <>
          <SelectField label={t("sources.class")} value={className} error={fieldError(t, error, "class")} onChange={(event) => change(() => (setClassName(event.target.value), setAttribute("")))}>
            {book.classes.map((one) => (
              <option key={one.name} value={one.name}>
                {book.text(one.label)}
              </option>
            ))}
          </SelectField>
          <SelectField label={t("sources.attribute")} value={attribute} error={fieldError(t, error, "attribute")} onChange={(event) => change(() => setAttribute(event.target.value))}>
            <option value="">{t("sources.all_attributes")}</option>
            {attributes.map((one) => (
              <option key={one.name} value={one.name}>
                {book.text(one.label)}
              </option>
            ))}
          </SelectField>
        </>
      )}
      <OrderList list={list} onChange={(next) => change(() => setList(next))} />
      <div className="row wrap">
        <Button busy={preview.isPending} onClick={() => preview.mutate()}>
          {t("sources.try")}
        </Button>
      </div>
      {preview.data && <Preview preview={preview.data} />}
      <ProblemNote error={error} fields={["class", "attribute"]} />
    </FormDialog>
  );
}

/** The order as a list whose entries move up and down by buttons. What moved is read out. */
function OrderList({ list, onChange }: { list: readonly string[]; onChange: (next: string[]) => void }) {
  const t = useT();
  const name = useSourceName();
  const [told, setTold] = useState("");
  const move = (place: number, by: -1 | 1) => {
    onChange(moved(list, place, by));
    setTold(t("sources.moved", { source: name(list[place] ?? ""), place: place + by + 1 }));
  };
  return (
    <div>
      <ol className={styles.order} aria-label={t("sources.order")}>
        {list.map((one, place) => (
          <li key={one}>
            <span className={styles.place} aria-hidden="true">
              {place + 1}
            </span>
            <span className="grow">{name(one)}</span>
            <IconButton small icon="up" label={t("sources.up", { source: name(one) })} reason={place === 0 ? t("sources.is_first") : null} onClick={() => move(place, -1)} />
            <IconButton small icon="down" label={t("sources.down", { source: name(one) })} reason={place === list.length - 1 ? t("sources.is_last") : null} onClick={() => move(place, 1)} />
          </li>
        ))}
      </ol>
      <p className="sr-only" role="status">
        {told}
      </p>
    </div>
  );
}
