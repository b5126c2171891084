import { useState } from "react";
import { verdict } from "../../../api/can";
import { commonAttributes, useClassBook } from "../../../api/classes";
import { useSourceName } from "../../../api/sources";
import type { Account, ClassAttribute, Statement } from "../../../api/types";
import { useTimeStyle } from "../../../format/TimeContext";
import { codeText, useT } from "../../../i18n";
import { ErrorState, ProblemNote } from "../../../layout/ErrorState";
import { Badge } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { classes } from "../../../ui/classes";
import { Dialog } from "../../../ui/Dialog";
import { EmptyState, Note, Skeleton } from "../../../ui/States";
import { Name, visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import { showValue } from "../attributes";
import { SourceMark } from "../words";
import { InheritedFrom } from "./Inherited";
import { PinForm } from "./PinForm";
import { useChangeValue, useValues } from "./useValues";
import styles from "./Values.module.css";

interface ValuesDialogProps {
  id: string;
  asOf?: string | undefined;
  name: string;
  label: string;
  attribute: ClassAttribute | undefined;
  onClose: () => void;
}

/** Who said what of one attribute, since when, which of it is shown and why; and what can be done about it. */
export default function ValuesDialog({ id, asOf, name, label, attribute, onClose }: ValuesDialogProps) {
  const t = useT();
  const read = useValues(id, asOf);
  const account = read.data?.items.find((one) => one.attribute === name);
  return (
    <Dialog wide onClose={onClose} title={t("values.title", { name: label })}>
      {read.error && <ErrorState error={read.error} onRetry={() => void read.refetch()} />}
      {read.isPending && <Skeleton rows={3} label={t("ui.loading")} />}
      {read.data && !account && <EmptyState title={t("values.none")} />}
      {read.data && account && <AccountBody key={read.data.version} id={id} version={read.data.version} account={account} attribute={attribute} writable={!asOf} />}
    </Dialog>
  );
}

interface AccountBodyProps {
  id: string;
  version: number;
  account: Account;
  attribute: ClassAttribute | undefined;
  writable: boolean;
}

function AccountBody({ id, version, account, attribute, writable }: AccountBodyProps) {
  const t = useT();
  const change = useChangeValue(id, version, commonAttributes.includes(account.attribute));
  const [pinning, setPinning] = useState<Statement | "own" | null>(null);
  const said = (action: "pin" | "unpin" | "withdraw") => {
    const { allowed, reason } = verdict(account, action);
    return allowed ? null : codeText(t, "reason", reason ?? "needs_permission");
  };
  return (
    <div className="stack">
      {account.ambiguous && <Note tone="warning">{t("values.ambiguous")}</Note>}
      {account.statements.length > 0 ? (
        <>
          <Why account={account} />
          <div className={styles.scroll}>
            <Statements account={account} attribute={attribute} onPin={writable ? setPinning : null} reason={said("pin")} />
          </div>
        </>
      ) : (
        <EmptyState title={t("values.none")} />
      )}
      {account.order && <Order order={account.order} />}
      {pinning ? (
        <PinForm
          attribute={account.attribute}
          type={attribute}
          statement={pinning === "own" ? null : pinning}
          busy={change.isPending}
          error={change.error}
          onPin={(body) => change.mutate({ action: "pin", with: body }, { onSuccess: () => setPinning(null) })}
          onCancel={() => setPinning(null)}
        />
      ) : (
        writable && (
          <div className="row wrap">
            <Button small reason={said("pin")} onClick={() => setPinning("own")}>
              {t("values.pin_own")}
            </Button>
            <Button small busy={change.isPending} reason={said("unpin")} onClick={() => change.mutate({ action: "unpin", with: account.attribute })}>
              {t("values.unpin")}
            </Button>
            <Button small busy={change.isPending} reason={said("withdraw")} onClick={() => change.mutate({ action: "withdraw", with: account.attribute })}>
              {t("values.withdraw")}
            </Button>
          </div>
        )
      )}
      {!pinning && <ProblemNote error={change.error} />}
    </div>
  );
}

/** In one sentence, why what is shown is. */
function Why({ account }: { account: Account }) {
  const t = useT();
  const name = useSourceName();
  const shown = account.statements.find((one) => one.shown);
  if (!account.rule || !shown) return <Note tone="warning">{t("values.nothing_shown")}</Note>;
  return (
    <Note tone="accent">
      <p>
        {codeText(t, "value_rule", account.rule, { source: name(shown.source) })}
        {account.pin && (
          <>
            {" "}
            {account.pin.expires_at ? (
              <>
                {t("values.until")} <Time at={account.pin.expires_at} show="full" />.
              </>
            ) : (
              t("values.until_lifted")
            )}
          </>
        )}
      </p>
      {account.pin?.reason && (
        <p className="muted">
          {t("values.pin_reason")}: <Name>{account.pin.reason}</Name>
        </p>
      )}
    </Note>
  );
}

function Order({ order }: { order: NonNullable<Account["order"]> }) {
  const t = useT();
  const book = useClassBook();
  const name = useSourceName();
  return (
    <p className="muted">
      {t(order.attribute ? "values.order_of_attribute" : "values.order_of_class", { class: book.label(order.class) })} {order.sources.map(name).join(" › ")}
    </p>
  );
}

interface StatementsProps {
  account: Account;
  attribute: ClassAttribute | undefined;
  onPin: ((statement: Statement) => void) | null;
  reason: string | null;
}

function Statements({ account, attribute, onPin, reason }: StatementsProps) {
  const t = useT();
  const style = useTimeStyle();
  const name = useSourceName();
  return (
    <table className={styles.statements}>
      <thead>
        <tr>
          <th scope="col">{t("ci.source")}</th>
          <th scope="col">{t("ci.value")}</th>
          <th scope="col">{t("ci.since")}</th>
          <th scope="col">{t("values.confirmed")}</th>
          {onPin && (
            <th scope="col">
              <span className="sr-only">{t("values.actions")}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {account.statements.map((one) => (
          <tr key={one.source} className={classes(one.shown && styles.shown)}>
            <th scope="row">
              {one.source === "inherited" ? <InheritedFrom value={one} /> : <SourceMark source={one.source} />}
              {one.said_by.name && one.said_by.kind !== "agent" && (
                <>
                  <br />
                  <Name>{one.said_by.name}</Name>
                </>
              )}
            </th>
            <td>
              <bdi>{visibleText(showValue(one.value, attribute, t, style))}</bdi>{" "}
              {one.shown && (
                <Badge tone="accent" mark="round">
                  {t("values.shown")}
                </Badge>
              )}
              {!one.enabled && <Badge mark="cross">{t("values.disabled")}</Badge>}
            </td>
            <td>
              <Time at={one.since} show="day" />
            </td>
            <td>
              <Time at={one.confirmed_at} show="relative" />
              {one.stale_since && (
                <>
                  <br />
                  <Badge tone="warning" mark="half">
                    {t("values.stale")}
                  </Badge>{" "}
                  <Time at={one.stale_since} show="day" />
                </>
              )}
            </td>
            {onPin && (
              <td>
                {one.source !== "pin" && (
                  <Button small reason={reason} aria-label={t("values.pin_of", { source: name(one.source) })} onClick={() => onPin(one)}>
                    {t("values.pin")}
                  </Button>
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
