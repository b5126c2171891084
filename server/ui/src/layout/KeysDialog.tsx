import { Fragment } from "react";
import { useT, type MessageKey } from "../i18n";
import { Dialog } from "../ui/Dialog";
import { Kbd } from "../ui/Text";
import styles from "./Shell.module.css";

const KEYS: [string[], MessageKey][] = [
  [["Ctrl", "K"], "keys.palette"],
  [["/"], "keys.filter"],
  [["J"], "keys.next_row"],
  [["K"], "keys.previous_row"],
  [["X"], "keys.select_row"],
  [["Shift", "X"], "keys.select_rows"],
  [["Enter"], "keys.open_row"],
  [["C"], "keys.create"],
  [["G", "H"], "nav.home"],
  [["G", "C"], "nav.cis"],
  [["G", "D"], "nav.duplicates"],
  [["G", "S"], "nav.software"],
  [["G", "A"], "nav.agents"],
  [["G", "U"], "nav.users"],
  [["G", "I"], "nav.identification"],
  [["G", "L"], "nav.audit"],
  [["Alt", "←"], "keys.narrower"],
  [["Alt", "→"], "keys.wider"],
  [["?"], "keys.title"],
  [["Esc"], "keys.close"],
];

/** Every key the product answers to. */
export default function KeysDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  return (
    <Dialog onClose={onClose} title={t("keys.title")}>
      <dl className={styles.keys}>
        {KEYS.map(([keys, label]) => (
          <Fragment key={keys.join()}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{t(label)}</dd>
          </Fragment>
        ))}
      </dl>
      <p className="muted">{t("keys.off_hint")}</p>
    </Dialog>
  );
}
