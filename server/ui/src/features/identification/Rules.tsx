import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useClassBook } from "../../api/classes";
import { answer, api } from "../../api/client";
import { etagOf, rulesQuery, type Rule, type RuleList } from "../../api/identity";
import { codeText, useLocale, useT } from "../../i18n";
import { ErrorState, ProblemNote } from "../../layout/ErrorState";
import { Badge } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { EmptyState, Skeleton } from "../../ui/States";
import { visibleText } from "../../ui/Text";
import styles from "./Identification.module.css";
import { DeleteRuleDialog, RuleDialog } from "./RuleDialog";
import { byClass, moved, ruleSentence } from "./sentence";

interface RulesProps {
  rules: RuleList | undefined;
  error: Error | null;
  retry: () => void;
  /** Why the reader cannot change them. */
  reason: string | null;
}

type Asked = { what: "edit" | "delete"; rule: Rule } | null;

/** The rules of each class in the order in which they are asked. */
export function Rules({ rules, error, retry, reason }: RulesProps) {
  const t = useT();
  const book = useClassBook();
  const [asked, setAsked] = useState<Asked>(null);
  if (error && !rules) return <ErrorState error={error} onRetry={retry} />;
  if (!rules) return <Skeleton rows={8} label={t("ui.loading")} />;
  if (rules.items.length === 0) return <EmptyState title={t("identification.none")} />;
  const close = () => setAsked(null);
  return (
    <>
      <p className="soft">{t("identification.intro")}</p>
      {byClass(rules.items).map(([name, own]) => (
        <RulesOfClass key={name} name={name} label={book.label(name)} rules={own} reason={reason} onAsk={setAsked} />
      ))}
      {asked?.what === "edit" && <RuleDialog rule={asked.rule} words={rules} onClose={close} />}
      {asked?.what === "delete" && <DeleteRuleDialog rule={asked.rule} onClose={close} />}
    </>
  );
}

interface ClassProps {
  name: string;
  label: string;
  rules: readonly Rule[];
  reason: string | null;
  onAsk: (asked: Asked) => void;
}

function RulesOfClass({ name, label, rules, reason, onAsk }: ClassProps) {
  const t = useT();
  const locale = useLocale();
  const [said, setSaid] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const pressed = useRef<string | null>(null);
  // A button that has come to the end of its way is drawn anew with the reason; the focus stays with it.
  useEffect(() => {
    if (pressed.current) list.current?.querySelector<HTMLElement>(`[data-move="${pressed.current}"]`)?.focus();
    pressed.current = null;
  }, [rules]);
  const reorder = useReorder(name);
  const toggle = useToggle();
  function move(at: number, by: number) {
    const rule = rules[at];
    if (!rule || reorder.isPending) return;
    pressed.current = `${rule.id} ${by}`;
    reorder.mutate(moved(rules, at, by).map((one) => one.id));
    setSaid(t("identification.moved", { name: visibleText(rule.label[locale]), place: at + by + 1, count: rules.length }));
  }
  return (
    <Card flush title={label}>
      <ol ref={list} aria-label={t("identification.rules_of", { name: label })}>
        {rules.map((rule, at) => (
          <li key={rule.id} className={`wrap ${styles.rule}`}>
            <span className="num">{at + 1}</span>
            <RuleText rule={rule} />
            <RuleButtons rule={rule} first={at === 0} last={at === rules.length - 1} reason={reason} busy={toggle.isPending && toggle.variables.id === rule.id} onMove={(by) => move(at, by)} onToggle={() => toggle.mutate(rule)} onAsk={onAsk} />
          </li>
        ))}
      </ol>
      <span className="sr-only" role="status">
        {said}
      </span>
      <ProblemNote error={reorder.error ?? toggle.error} />
    </Card>
  );
}

/** What a rule is called, what it says, and what it is made of. */
function RuleText({ rule }: { rule: Rule }) {
  const t = useT();
  const locale = useLocale();
  return (
    <div className={`stack ${styles.text}`}>
      <div className="row wrap">
        <h3>{visibleText(rule.label[locale])}</h3>
        <Badge tone={rule.outcome === "match" ? "ok" : "accent"} mark={rule.outcome === "match" ? "round" : "ring"}>
          {codeText(t, "rule_outcome", rule.outcome)}
        </Badge>
        {!rule.enabled && (
          <Badge tone="warning" mark="cross">
            {t("identification.off")}
          </Badge>
        )}
        {rule.shipped && <span className="muted">{t("identification.shipped")}</span>}
      </div>
      <p className="soft">{ruleSentence(t, locale, rule)}</p>
      <div className="row wrap">
        {rule.needs.map((need) => (
          <Badge key={need}>{codeText(t, "need", need)}</Badge>
        ))}
        {rule.vetoes.map((veto) => (
          <Badge key={veto} mark="cross">
            {codeText(t, "veto", veto)}
          </Badge>
        ))}
      </div>
    </div>
  );
}

interface ButtonsProps {
  rule: Rule;
  first: boolean;
  last: boolean;
  reason: string | null;
  busy: boolean;
  onMove: (by: number) => void;
  onToggle: () => void;
  onAsk: (asked: Asked) => void;
}

function RuleButtons({ rule, first, last, reason, busy, onMove, onToggle, onAsk }: ButtonsProps) {
  const t = useT();
  const locale = useLocale();
  const name = visibleText(rule.label[locale]);
  return (
    <div className={styles.buttons}>
      <IconButton small icon="up" data-move={`${rule.id} -1`} label={t("identification.up", { name })} reason={reason ?? (first ? t("identification.is_first") : null)} onClick={() => onMove(-1)} />
      <IconButton small icon="down" data-move={`${rule.id} 1`} label={t("identification.down", { name })} reason={reason ?? (last ? t("identification.is_last") : null)} onClick={() => onMove(1)} />
      <Button small busy={busy} reason={reason} aria-label={t(rule.enabled ? "identification.switch_off_of" : "identification.switch_on_of", { name })} onClick={onToggle}>
        {t(rule.enabled ? "identification.switch_off" : "identification.switch_on")}
      </Button>
      <IconButton small icon="edit" label={t("identification.edit_of", { name })} reason={reason} onClick={() => onAsk({ what: "edit", rule })} />
      {!rule.shipped && <IconButton small icon="close" label={t("identification.delete_of", { name })} reason={reason} onClick={() => onAsk({ what: "delete", rule })} />}
    </div>
  );
}

/** Puts the rules of a class in another order; the page shows it at once. */
function useReorder(name: string) {
  const client = useQueryClient();
  const { queryKey } = rulesQuery;
  return useMutation({
    mutationFn: (order: string[]) => answer(api.PUT("/identification/rules/order", { body: { class: name, order } })),
    onMutate: async (order) => {
      await client.cancelQueries({ queryKey });
      const place = (rule: Rule) => order.indexOf(rule.id);
      client.setQueryData(queryKey, (before) => before && { ...before, items: byClass(before.items).flatMap(([one, rules]) => (one === name ? [...rules].sort((a, b) => place(a) - place(b)) : rules)) });
    },
    onSettled: () => void client.invalidateQueries({ queryKey }),
  });
}

/** Switches a rule on or off. */
function useToggle() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (rule: Rule) => {
      const { label, needs, vetoes, outcome, enabled } = rule;
      return answer(api.PUT("/identification/rules/{id}", { params: { path: { id: rule.id } }, headers: { "If-Match": etagOf(rule) }, body: { label, needs, vetoes, outcome, enabled: !enabled } }));
    },
    onSettled: () => client.invalidateQueries({ queryKey: rulesQuery.queryKey }),
  });
}
