import { useState } from "react";
import { can } from "../../api/can";
import { useClassBook } from "../../api/classes";
import { answer, api } from "../../api/client";
import { useSession } from "../../api/session";
import { useSourceName, useSources } from "../../api/sources";
import type { Source, SourceOrder } from "../../api/types";
import { useT } from "../../i18n";
import { ErrorState, ProblemNote } from "../../layout/ErrorState";
import { ExportButton } from "../../layout/ExportButton";
import { Page } from "../../layout/Page";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Skeleton } from "../../ui/States";
import { Code } from "../../ui/Text";
import { OrderDialog } from "./OrderDialog";
import { AddSourceDialog, DropSourceDialog, EditSourceDialog } from "./SourceDialogs";
import styles from "./Sources.module.css";
import { useOrders, useSourceChange } from "./useSourceChange";

type Open = { what: "add" } | { what: "edit" | "drop"; source: Source } | { what: "order"; order: SourceOrder | null } | null;

/** Who may say something of items, and who is believed first. */
export function SourcesPage() {
  const t = useT();
  const changes = can(useSession(), "register.configure");
  const [open, setOpen] = useState<Open>(null);
  const sources = useSources();
  const orders = useOrders();
  const close = () => setOpen(null);
  const error = sources.error ?? orders.error;
  const [listed, ordered] = [sources.data?.items ?? [], orders.data?.items ?? []];
  return (
    <Page
      title={t("nav.sources")}
      actions={
        <>
          <ExportButton path="/sources" />
          {changes && (
            <Button tone="primary" icon="plus" onClick={() => setOpen({ what: "add" })}>
              {t("sources.add")}
            </Button>
          )}
        </>
      }
    >
      {error && <ErrorState error={error} onRetry={() => void Promise.all([sources.refetch(), orders.refetch()])} />}
      {!error && (sources.isPending || orders.isPending) && <Skeleton label={t("nav.sources")} />}
      {sources.data && orders.data && (
        <div className="stack">
          <Card flush title={t("sources.all")}>
            <SourceTable sources={listed} onOpen={changes ? setOpen : null} />
          </Card>
          <Card
            flush
            title={t("sources.orders")}
            actions={
              changes && (
                <Button small icon="plus" onClick={() => setOpen({ what: "order", order: null })}>
                  {t("sources.order_add")}
                </Button>
              )
            }
          >
            <OrderTable orders={ordered} onOpen={changes ? setOpen : null} />
          </Card>
        </div>
      )}
      {open?.what === "add" && <AddSourceDialog onClose={close} />}
      {open?.what === "edit" && <EditSourceDialog source={open.source} onClose={close} />}
      {open?.what === "drop" && <DropSourceDialog source={open.source} onClose={close} />}
      {open?.what === "order" && <OrderDialog sources={listed} orders={ordered} order={open.order} onClose={close} />}
    </Page>
  );
}

type OnOpen = ((open: Open) => void) | null;

function SourceTable({ sources, onOpen }: { sources: readonly Source[]; onOpen: OnOpen }) {
  const t = useT();
  const name = useSourceName();
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("ci.source")}</th>
            <th scope="col">{t("sources.kind")}</th>
            <th scope="col">{t("sources.stale_after")}</th>
            {onOpen && (
              <th scope="col">
                <span className="sr-only">{t("values.actions")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <tr key={source.name}>
              <th scope="row">
                {name(source.name)} <Code>{source.name}</Code> {!source.enabled && <Badge mark="cross">{t("values.disabled")}</Badge>}
              </th>
              <td>{t(`source_kind.${source.kind}`)}</td>
              <td>{source.stale_after_s ? t("sources.hours", { hours: source.stale_after_s / 3_600 }) : t("sources.never")}</td>
              {onOpen && (
                <td>
                  <span className="row wrap">
                    <Button small aria-label={t("sources.edit_of", { source: name(source.name) })} onClick={() => onOpen({ what: "edit", source })}>
                      {t("sources.edit")}
                    </Button>
                    {source.can_go_stale && (
                      <Button small aria-label={t("sources.drop_title", { source: name(source.name) })} onClick={() => onOpen({ what: "drop", source })}>
                        {t("sources.drop")}
                      </Button>
                    )}
                  </span>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OrderTable({ orders, onOpen }: { orders: readonly SourceOrder[]; onOpen: OnOpen }) {
  const t = useT();
  const book = useClassBook();
  const name = useSourceName();
  const remove = useSourceChange((order: SourceOrder) => answer(api.DELETE("/source-orders", { params: { query: { class: order.class, ...(order.attribute ? { attribute: order.attribute } : {}) } } })), () => undefined);
  const label = (order: SourceOrder) => {
    const attribute = order.attribute ? book.attribute(order.class, order.attribute) : undefined;
    return order.attribute ? (attribute ? book.text(attribute.label) : order.attribute) : t("sources.all_attributes");
  };
  return (
    <div className={styles.scroll}>
      <ProblemNote error={remove.error} />
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("sources.class")}</th>
            <th scope="col">{t("sources.attribute")}</th>
            <th scope="col">{t("sources.order")}</th>
            {onOpen && (
              <th scope="col">
                <span className="sr-only">{t("values.actions")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <tr key={`${order.class}/${order.attribute ?? ""}`}>
              <th scope="row">{book.label(order.class)}</th>
              <td>{label(order)}</td>
              <td>{order.sources.map(name).join(" › ")}</td>
              {onOpen && (
                <td>
                  <span className="row wrap">
                    <Button small aria-label={t("sources.order_edit_of", { class: book.label(order.class), attribute: label(order) })} onClick={() => onOpen({ what: "order", order })}>
                      {t("sources.edit")}
                    </Button>
                    {order.can_be_removed && (
                      <Button small busy={remove.isPending} aria-label={t("sources.order_reset_of", { class: book.label(order.class), attribute: label(order) })} onClick={() => remove.mutate(order)}>
                        {t("sources.order_reset")}
                      </Button>
                    )}
                  </span>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
