import { useSourceName } from "../../api/sources";
import type { SourcePreview } from "../../api/types";
import { useT } from "../../i18n";
import { Note } from "../../ui/States";
import { Name, visibleText } from "../../ui/Text";

type Spoken = SourcePreview["examples"][number]["before"];

/** How many shown values a change would change, and some of them. */
export function Preview({ preview }: { preview: SourcePreview }) {
  const t = useT();
  return (
    <Note tone={preview.changed > 0 ? "warning" : "accent"} role="status">
      <p>{t("sources.would_change", { count: preview.changed })}</p>
      {preview.examples.length > 0 && (
        <ul>
          {preview.examples.slice(0, 5).map((one) => (
            <li key={`${one.ci.id}${one.attribute}`}>
              <Name>{one.ci.name}</Name> · {one.attribute}: <Said spoken={one.before} /> → <Said spoken={one.after} />
            </li>
          ))}
        </ul>
      )}
    </Note>
  );
}

function Said({ spoken }: { spoken: Spoken }) {
  const name = useSourceName();
  if (!spoken) return <span className="muted">—</span>;
  const text = typeof spoken.value === "string" ? spoken.value : JSON.stringify(spoken.value);
  return (
    <span>
      <bdi>{visibleText(text)}</bdi> <span className="muted">({name(spoken.source)})</span>
    </span>
  );
}
