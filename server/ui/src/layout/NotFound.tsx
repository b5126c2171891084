import { Link } from "@tanstack/react-router";
import { useT } from "../i18n";
import { paths } from "../paths";
import { buttonClass } from "../ui/Button";
import { PublicPage } from "./PublicPage";

/** An address that leads nowhere. */
export function NotFound() {
  const t = useT();
  return (
    <PublicPage title={t("not_found.title")}>
      <p>{t("not_found.text")}</p>
      <Link {...paths.home()} className={buttonClass()}>
        {t("nav.home")}
      </Link>
    </PublicPage>
  );
}
