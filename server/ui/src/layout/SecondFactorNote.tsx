import { Link } from "@tanstack/react-router";
import { useSession } from "../api/session";
import { useT } from "../i18n";
import { paths } from "../paths";
import { Note } from "../ui/States";

/** Tells administrators without a second factor that they ought to have one, or that nothing works without. */
export function SecondFactorNote({ linked = false }: { linked?: boolean }) {
  const t = useT();
  const { active, required, advised } = useSession().second_factor;
  if (active || !(required || advised)) return null;
  return (
    <Note tone={required ? "critical" : "warning"}>
      <p>{t(required ? "factor.required" : "factor.advised")}</p>
      {linked && <Link {...paths.account()}>{t("factor.set_up")}</Link>}
    </Note>
  );
}
