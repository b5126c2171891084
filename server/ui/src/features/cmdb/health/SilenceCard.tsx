import { useQuery } from "@tanstack/react-query";
import { silenceQuery } from "../../../api/health";
import { useT } from "../../../i18n";
import { ProblemNote } from "../../../layout/ErrorState";
import { Card } from "../../../ui/Card";
import { SilenceView } from "./SilenceView";

/** What the silence of this host means; nothing where it is heard. */
export default function SilenceCard({ id }: { id: string }) {
  const t = useT();
  const silence = useQuery(silenceQuery(id));
  if (!silence.error && !silence.data) return null;
  return (
    <Card title={t("silent.title")}>
      <ProblemNote error={silence.error} />
      {silence.data && <SilenceView id={id} silence={silence.data} />}
    </Card>
  );
}
