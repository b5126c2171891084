import type { EditState } from "../../../api/edits";
import { codeText, useT } from "../../../i18n";
import { Badge, type Mark, type Tone } from "../../../ui/Badge";

const LOOK: Record<EditState, [Tone, Mark]> = {
  preparing: ["neutral", "ring"],
  preview: ["neutral", "ring"],
  applying: ["accent", "half"],
  stopped: ["warning", "square"],
  applied: ["ok", "round"],
  undoing: ["accent", "half"],
  undone: ["neutral", "cross"],
};

/** Where an edit is. */
export function StateBadge({ state }: { state: EditState }) {
  const t = useT();
  const [tone, mark] = LOOK[state];
  return (
    <Badge tone={tone} mark={mark}>
      {codeText(t, "edits.state_name", state)}
    </Badge>
  );
}
