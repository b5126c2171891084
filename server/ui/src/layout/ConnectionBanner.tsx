import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useConnection } from "../api/connection";
import { sessionQuery } from "../api/session";
import { useT } from "../i18n";
import { Note } from "../ui/States";
import { Time } from "../ui/Time";
import styles from "./Shell.module.css";

const PROBE_MS = 5_000;

/** Says since when the server has not answered, asks again every five seconds, and renews the page when it is back. */
export function ConnectionBanner() {
  const t = useT();
  const client = useQueryClient();
  const { reachable, lastAnswer } = useConnection();
  useEffect(() => {
    if (reachable) return;
    const timer = setInterval(() => void client.refetchQueries({ queryKey: sessionQuery.queryKey }), PROBE_MS);
    return () => {
      clearInterval(timer);
      void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
    };
  }, [reachable, client]);
  if (reachable) return null;
  return (
    <div className={styles.banner}>
      <Note tone="warning" role="status">
        <strong>{t("connection.lost")}</strong> {t("connection.data_of")} <Time at={new Date(lastAnswer).toISOString()} show="full" />. {t("connection.retrying")}
      </Note>
    </div>
  );
}
