import { useEffect, type ReactNode } from "react";
import { useLocale, useT } from "../i18n";
import { Mark } from "./Brand";
import styles from "./Shell.module.css";
import { showLanguage } from "./usePreferences";

/** The frame of the pages before sign-in: one card in the middle, the language below it. */
export function PublicPage({ title, children }: { title: string; children: ReactNode }) {
  const t = useT();
  const other = useLocale() === "ko" ? "en" : "ko";
  useEffect(() => {
    document.title = `${title} · Terrier`;
  }, [title]);
  return (
    <main className={styles.public}>
      <div className={styles.publicBox}>
        <div className={styles.publicHead}>
          <Mark />
          <h1>{title}</h1>
        </div>
        <div className={styles.publicCard}>{children}</div>
        <div className={styles.publicFoot}>
          <span>{t("shell.tagline")}</span>
          <button type="button" className={styles.language} lang={other} onClick={() => void showLanguage(other)}>
            {other === "ko" ? "한국어" : "English"}
          </button>
        </div>
      </div>
    </main>
  );
}
