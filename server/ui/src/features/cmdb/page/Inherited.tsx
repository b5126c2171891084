import { Link } from "@tanstack/react-router";
import type { CiValue } from "../../../api/types";
import { useT } from "../../../i18n";
import { paths } from "../../../paths";
import { Name } from "../../../ui/Text";

/** From which CI a value is inherited, if the reader may see that one. */
export function InheritedFrom({ value }: { value: Pick<CiValue, "inherited_from"> }) {
  const t = useT();
  const from = value.inherited_from;
  return (
    <span className="soft">
      <span aria-hidden="true">↳ </span>
      {from ? t("ci.inherited_from") : t("ci.inherited")}
      {from && (
        <>
          {" "}
          <Link {...paths.ci(from.id)}>
            <Name>{from.name}</Name>
          </Link>
        </>
      )}
    </span>
  );
}

/** What a CI would take over of an attribute if nobody said anything of the CI itself. */
export function inheritedOf(values: readonly CiValue[], attribute: string): CiValue | undefined {
  return values.find((one) => one.attribute === attribute && one.source === "inherited");
}
