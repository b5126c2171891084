import { Link } from "@tanstack/react-router";
import { paths } from "../../paths";
import { Badge } from "../../ui/Badge";
import { visibleText } from "../../ui/Text";

/** Tags of a CI, each leading to the others that have it. */
export function Tags({ tags }: { tags: unknown }) {
  const all = tagsOf(tags);
  if (all.length === 0) return <span className="muted">—</span>;
  return (
    <span className="row wrap">
      {all.map((tag) => (
        <Link key={tag} {...paths.cis({ q: `tag:"${tag.replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"` })}>
          <Badge>
            <bdi>{visibleText(tag)}</bdi>
          </Badge>
        </Link>
      ))}
    </span>
  );
}

/** The tags in a value. */
export function tagsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}
