import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useClassBook } from "../../api/classes";
import { useRuleName, type Candidate, type ExplainedRule, type ExplainedStep, type Explanation } from "../../api/identity";
import { codeText, hasMessage, useLocale, useT, type Translate } from "../../i18n";
import { paths } from "../../paths";
import { Badge, ClassLetter, type Mark, type Tone } from "../../ui/Badge";
import { Card, Facts, RowList } from "../../ui/Card";
import { Note } from "../../ui/States";
import { Code, Name, visibleText } from "../../ui/Text";
import { Time } from "../../ui/Time";
import styles from "./Identification.module.css";
import { linesOf, rejected, rungOf, type Rung } from "./ladder";

const VERDICTS: Record<string, Tone> = { existing: "ok", new: "accent", wait: "warning" };
const RUNGS: Record<Rung, [Tone, Mark]> = { decides: ["ok", "round"], waits: ["warning", "half"], asked: ["neutral", "cross"], not_asked: ["neutral", "ring"] };

/** The answer at the top, what it was found by, and every rule on the way there. */
export function Explained({ explanation }: { explanation: Explanation }) {
  const t = useT();
  const others = rejected(explanation);
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    top.current?.scrollIntoView({ block: "nearest" });
  }, [explanation]);
  return (
    <>
      <div ref={top}>
        <VerdictNote explanation={explanation} />
      </div>
      <div className="pairs">
        <Card title={t("explain.evidence")}>
          <EvidenceFacts explanation={explanation} />
        </Card>
        {others.length > 0 && (
          <Card flush title={t("explain.rejected")}>
            <RowList>
              {others.map(({ candidate, step, rule }) => (
                <li key={candidate.id} className="wrap">
                  <CandidateLink candidate={candidate} />
                  <span className="soft">
                    {findingText(t, step)} {step.finding !== "no_match" && <RuleOf rule={rule} />}
                  </span>
                </li>
              ))}
            </RowList>
          </Card>
        )}
      </div>
      <Card flush title={t("explain.trace")}>
        <ol aria-label={t("explain.trace")}>
          {explanation.trace.map((rule, at) => (
            <RungItem key={at} rule={rule} place={at + 1} />
          ))}
        </ol>
      </Card>
    </>
  );
}

function VerdictNote({ explanation }: { explanation: Explanation }) {
  const t = useT();
  const book = useClassBook();
  const ruleName = useRuleName();
  const { verdict, ci, rule, until } = explanation;
  return (
    <Note tone={VERDICTS[verdict] ?? "neutral"} role="status">
      <strong>{codeText(t, "verdict", verdict)}</strong>
      <span className="row wrap">
        {ci ? <CandidateLink candidate={ci} /> : <span>{t("explain.new_of", { class: book.label(explanation.class) })}</span>}
        {rule && <span className="soft">{t("explain.by_rule", { rule: ruleName(rule) })}</span>}
        {until && (
          <span className="soft">
            {t("explain.until")} <Time at={until} show="full" />
          </span>
        )}
      </span>
    </Note>
  );
}

function EvidenceFacts({ explanation }: { explanation: Explanation }) {
  const t = useT();
  const book = useClassBook();
  const leftOut = (kind: string) => explanation.left_out.filter((one) => one.kind === kind).map((one) => one.value);
  const kinds = [...new Set([...Object.keys(explanation.evidence), ...explanation.left_out.map((one) => one.kind)])];
  return (
    <Facts
      items={[
        [t("ci.class"), book.label(explanation.class)],
        ...kinds.map((kind) => {
          const out = leftOut(kind);
          const values = [...new Set([...(explanation.evidence[kind] ?? []), ...out])];
          return [
            codeText(t, "identifier", kind),
            <ul key={kind}>
              {values.map((value) => (
                <li key={value} className="row wrap">
                  <Code>{value}</Code>
                  {out.includes(value) && (
                    <Badge tone="warning" mark="cross">
                      {t("explain.left_out")}
                    </Badge>
                  )}
                </li>
              ))}
            </ul>,
          ] as const;
        }),
      ]}
    />
  );
}

function RungItem({ rule, place }: { rule: ExplainedRule; place: number }) {
  const t = useT();
  const locale = useLocale();
  const rung = rungOf(rule);
  const [tone, mark] = RUNGS[rung];
  return (
    <li className={styles.rule} data-rung={rung}>
      <span className="num">{place}</span>
      <div className={`stack ${styles.text}`}>
        <div className="row wrap">
          <h3>{visibleText(rule.rule[locale])}</h3>
          <Badge tone={tone} mark={mark}>
            {t(`rung.${rung}`)}
          </Badge>
          <span className="muted">{codeText(t, "rule_outcome", rule.outcome)}</span>
        </div>
        <span className="row wrap">
          {rule.needs.map((need) => (
            <Badge key={need}>{codeText(t, "need", need)}</Badge>
          ))}
        </span>
        {linesOf(rule.steps).map(({ key, step, candidates }) => (
          <div key={key} className="row wrap soft">
            {candidates.map((candidate) => (
              <CandidateLink key={candidate.id} candidate={candidate} />
            ))}
            <span>{findingText(t, step)}</span>
          </div>
        ))}
      </div>
    </li>
  );
}

function RuleOf({ rule }: { rule: ExplainedRule }) {
  const locale = useLocale();
  return <span className="muted">({visibleText(rule.rule[locale])})</span>;
}

function CandidateLink({ candidate }: { candidate: Candidate }) {
  const book = useClassBook();
  return (
    <span className="row">
      <ClassLetter {...book.mark(candidate.class)} />
      <Link {...paths.ci(candidate.id)}>
        <Name>{candidate.name}</Name>
      </Link>
    </span>
  );
}

/** A finding in words; the server's own where it is a newer one. */
function findingText(t: Translate, step: ExplainedStep): string {
  if (step.finding === "vetoed" && step.veto) return t("explain.vetoed", { veto: codeText(t, "veto", step.veto) });
  const key = `finding.${step.finding}`;
  return hasMessage(key) ? t(key) : step.detail;
}
