import { Link } from "@tanstack/react-router";
import { useT } from "../i18n";
import { paths } from "../paths";
import { buttonClass } from "../ui/Button";
import { EmptyState } from "../ui/States";

/** An address that leads nowhere. */
export function NotFound() {
  const t = useT();
  return (
    <EmptyState icon="search" title={t("not_found.title")} actions={<Link {...paths.home()} className={buttonClass()}>{t("nav.home")}</Link>}>
      {t("not_found.text")}
    </EmptyState>
  );
}
