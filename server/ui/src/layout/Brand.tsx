import styles from "./Shell.module.css";

/** The product's mark. */
export function Mark() {
  return (
    <svg className={styles.mark} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#0b5cad" />
      <path d="M8 9.5h16M16 9.5v14" stroke="#fff" strokeWidth="4" strokeLinecap="round" fill="none" />
      <circle cx="23.5" cy="22.5" r="2.5" fill="#f2b84b" />
    </svg>
  );
}
