import { Code } from "../../../ui/Text";
import styles from "./CiPage.module.css";

/** Machine texts, one a line; a dash where there is none. */
export function Codes({ texts }: { texts: readonly string[] }) {
  if (texts.length === 0) return "—";
  return (
    <ul className={styles.codes}>
      {texts.map((text, at) => (
        <li key={at}>
          <Code>{text}</Code>
        </li>
      ))}
    </ul>
  );
}
