import { Link } from "@tanstack/react-router";
import type { Silence } from "../../../api/health";
import { codeText, useT } from "../../../i18n";
import { paths } from "../../../paths";
import { Badge, type Mark, type Tone } from "../../../ui/Badge";
import { Code, CopyLine, Name, visibleText } from "../../../ui/Text";
import { Time } from "../../../ui/Time";
import styles from "./Health.module.css";

const LOOK: Record<Silence["verdict"], [Tone, Mark]> = {
  agent_broken: ["warning", "half"],
  probably_gone: ["critical", "cross"],
  re_imaged: ["accent", "square"],
  not_judged: ["neutral", "ring"],
};

/** What is likely of a silent host. */
export function VerdictBadge({ verdict }: { verdict: Silence["verdict"] }) {
  const t = useT();
  const [tone, mark] = LOOK[verdict] ?? ["neutral", "ring"];
  return (
    <Badge tone={tone} mark={mark}>
      {codeText(t, "silence_verdict", verdict)}
    </Badge>
  );
}

/** Who saw what and when, and what can be done about it. */
export function SilenceView({ id, silence }: { id: string; silence: Silence }) {
  const t = useT();
  return (
    <div className="stack">
      <p className="row wrap">
        <VerdictBadge verdict={silence.verdict} />
        <span>
          {t("silent.since")} <Time at={silence.since} /> (<Time at={silence.since} show="relative" />)
        </span>
      </p>
      <Evidence silence={silence} />
      {silence.remedies.map((one) => (
        <Remedy key={one.remedy} id={id} silence={silence} remedy={one} />
      ))}
    </div>
  );
}

function Evidence({ silence }: { silence: Silence }) {
  const t = useT();
  if (silence.verdict === "not_judged") return <p>{t("silent.held")}</p>;
  return (
    <ul className={styles.evidence}>
      {silence.moved.map((one) => (
        <li key={`${one.kind} ${one.value} ${one.to.id}`}>
          {codeText(t, "identifier_kind", one.kind)} <Code>{one.value}</Code> {t("silent.belongs_to")}{" "}
          <Link {...paths.ci(one.to.id)}>
            <Name>{one.to.name}</Name>
          </Link>{" "}
          (<Time at={one.at} />)
        </li>
      ))}
      {silence.sightings.map((one) => (
        <li key={one.by.id}>
          {t("silent.seen_by")}{" "}
          <Link {...paths.ci(one.by.id)}>
            <Name>{one.by.name}</Name>
          </Link>
          {one.host && (
            <>
              {" "}
              (
              <Link {...paths.ci(one.host.id)}>
                <Name>{one.host.name}</Name>
              </Link>
              )
            </>
          )}
          {one.ports.length > 0 && <> {t("silent.ports", { ports: one.ports.join(", ") })}</>} <Time at={one.at} />
        </li>
      ))}
      {silence.seen_by > silence.sightings.length && <li>{t("silent.more", { count: silence.seen_by - silence.sightings.length })}</li>}
      {silence.seen_by === 0 && <li>{silence.watchers > 0 ? t("silent.unseen", { count: silence.watchers }) : t("silent.unwatched")}</li>}
    </ul>
  );
}

function Remedy({ id, silence, remedy }: { id: string; silence: Silence; remedy: Silence["remedies"][number] }) {
  const t = useT();
  const to = silence.moved[0]?.to;
  return (
    <div className="stack" style={{ gap: 4 }}>
      <span>{codeText(t, "silence_remedy", remedy.remedy)}</span>
      {remedy.command && <CopyLine text={remedy.command} label={t("silent.copy")} />}
      {remedy.remedy === "answer_question" && silence.question && <Link {...paths.duplicates({ id: silence.question })}>{t("silent.open_question")}</Link>}
      {remedy.remedy === "merge" && to && <Link {...paths.ci(to.id)}>{t("silent.open_other", { name: visibleText(to.name) })}</Link>}
      {remedy.remedy === "retire" && <Link {...paths.ci(id)}>{t("silent.open_host")}</Link>}
    </div>
  );
}
