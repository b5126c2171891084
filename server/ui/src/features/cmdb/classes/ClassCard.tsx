import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { verdict } from "../../../api/can";
import { useClassBook } from "../../../api/classes";
import type { ClassAttribute } from "../../../api/types";
import { formatNumber } from "../../../format/number";
import { codeText, useLocale, useT } from "../../../i18n";
import { paths } from "../../../paths";
import { Badge } from "../../../ui/Badge";
import { Button, IconButton } from "../../../ui/Button";
import { Card, Facts } from "../../../ui/Card";
import { Code } from "../../../ui/Text";
import { ruleWords } from "../ruleWords";
import { AttributeDialog, DeleteAttributeDialog } from "./AttributeDialog";
import { DeleteClassDialog, EditClassDialog } from "./ClassDialogs";
import styles from "./Classes.module.css";
import { FormPreview } from "./FormPreview";
import type { TaggedClass } from "./useDefinitions";

type Open = { what: "edit" | "delete" | "add" } | { what: "attribute" | "remove"; attribute: ClassAttribute } | null;

/** One class: what it is, its attributes with what their values must be like, and the form that follows from it. */
export function ClassCard({ read, onGone }: { read: TaggedClass; onGone: (parent: string | null) => void }) {
  const t = useT();
  const locale = useLocale();
  const book = useClassBook();
  const [open, setOpen] = useState<Open>(null);
  const one = read.body;
  const close = () => setOpen(null);
  const may = (action: string) => verdict(one, action);
  const reason = (action: string) => (may(action).allowed ? null : codeText(t, "reason", may(action).reason ?? "needs_permission"));
  return (
    <>
      <Card
        title={one.label[locale]}
        actions={
          may("relabel").allowed && (
            <span className="row wrap">
              <Button small icon="edit" onClick={() => setOpen({ what: "edit" })}>
                {t("classes.edit")}
              </Button>
              <Button small reason={reason("delete")} onClick={() => setOpen({ what: "delete" })}>
                {t("classes.delete")}
              </Button>
            </span>
          )
        }
      >
        <Facts
          items={[
            [t("classes.name"), <Code key="n">{one.name}</Code>],
            [
              t("classes.parent"),
              one.parent ? (
                <Link key="p" {...paths.classes(one.parent)}>
                  {book.label(one.parent)}
                </Link>
              ) : null,
            ],
            [t("classes.origin"), codeText(t, "classes.origin", one.origin)],
            [
              t("classes.items"),
              <Link key="i" {...paths.cis({ class: [one.name] })}>
                {formatNumber(book.count(one.name), locale)}
              </Link>,
            ],
            [t("classes.kind"), [one.abstract ? t("classes.abstract") : t("classes.concrete"), one.hidden ? t("classes.hidden_hint") : null].filter(Boolean).join(" · ")],
          ]}
        />
      </Card>
      <Card
        flush
        title={t("classes.attributes")}
        actions={
          may("add_attribute").allowed && (
            <Button small icon="plus" onClick={() => setOpen({ what: "add" })}>
              {t("classes.add_attribute")}
            </Button>
          )
        }
      >
        <AttributeTable read={read} onOpen={setOpen} />
      </Card>
      <FormPreview attributes={one.attributes} nameOf={(name) => one.attributes.find((other) => other.name === name)?.label[locale] ?? name} />
      {open?.what === "edit" && <EditClassDialog read={read} onClose={close} />}
      {open?.what === "delete" && <DeleteClassDialog read={read} onClose={close} onGone={() => onGone(one.parent ?? null)} />}
      {open?.what === "add" && <AttributeDialog read={read} onClose={close} />}
      {open?.what === "attribute" && <AttributeDialog read={read} attribute={open.attribute} onClose={close} />}
      {open?.what === "remove" && <DeleteAttributeDialog read={read} attribute={open.attribute} onClose={close} />}
    </>
  );
}

function AttributeTable({ read, onOpen }: { read: TaggedClass; onOpen: (open: Open) => void }) {
  const t = useT();
  const locale = useLocale();
  const book = useClassBook();
  const { attributes, attribute_actions: actions } = read.body;
  const labelOf = (name: string) => attributes.find((one) => one.name === name)?.label[locale] ?? name;
  return (
    <div className={styles.scroll} role="region" aria-label={t("classes.attributes")} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("classes.attribute")}</th>
            <th scope="col">{t("classes.type")}</th>
            <th scope="col">{t("classes.from")}</th>
            <th scope="col">{t("classes.rules")}</th>
            <th scope="col">
              <span className="sr-only">{t("classes.actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {attributes.map((one) => {
            const said = { allowed_actions: actions[one.name] ?? [] };
            const remove = verdict(said, "delete");
            return (
              <tr key={one.name}>
                <th scope="row">
                  {one.label[locale]} <Code>{one.name}</Code> {one.origin === "added" && <Badge tone="accent">{t("classes.added")}</Badge>} {one.hidden && <Badge>{t("classes.hidden")}</Badge>} {one.passed_on && <Badge title={t("classes.passed_on_hint")}>{t("classes.passed_on_mark")}</Badge>}
                </th>
                <td>
                  {codeText(t, "attribute_type", one.type)}
                  {one.target && ` → ${book.label(one.target)}`}
                  {one.unit && ` (${one.unit})`}
                </td>
                <td>{one.inherited_from ? <Link {...paths.classes(one.inherited_from)}>{book.label(one.inherited_from)}</Link> : t("classes.own")}</td>
                <td>{ruleWords(t, one.rules, locale, labelOf).join(" · ") || "—"}</td>
                <td>
                  {verdict(said, "constrain").allowed && <IconButton small icon="edit" label={t("classes.edit_attribute_of", { name: one.label[locale] })} onClick={() => onOpen({ what: "attribute", attribute: one })} />}
                  {remove.offered && one.origin === "added" && !one.inherited_from && (
                    <IconButton small icon="close" label={t("classes.delete_attribute_of", { name: one.label[locale] })} reason={remove.allowed ? null : codeText(t, "reason", remove.reason ?? "needs_permission")} onClick={() => onOpen({ what: "remove", attribute: one })} />
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
