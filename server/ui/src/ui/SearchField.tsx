import { useEffect, useRef, useState } from "react";
import styles from "./Field.module.css";
import { classes } from "./classes";
import { Icon } from "./Icon";

interface SearchFieldProps {
  label: string;
  clearLabel: string;
  value: string;
  /** Called when typing has rested and no input method is composing. */
  onSearch: (text: string) => void;
  placeholder?: string;
  className?: string | undefined;
  /** The `/` key goes here. */
  hotkey?: boolean;
}

const REST_MS = 200;

/** A search box that never sends half a Hangul syllable: it waits for the composition to end. */
export function SearchField({ label, clearLabel, value, onSearch, placeholder, className, hotkey = false }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const composing = useRef(false);
  const sent = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  function send(next: string) {
    clearTimeout(timer.current);
    if (composing.current || next === sent.current) return;
    sent.current = next;
    onSearch(next);
  }
  function change(next: string) {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => send(next), REST_MS);
  }

  return (
    <span className={classes(styles.search, className)}>
      <Icon name="search" size={14} />
      <input
        type="search"
        className={styles.control}
        aria-label={label}
        placeholder={placeholder ?? label}
        autoComplete="off"
        spellCheck={false}
        data-hotkey={hotkey ? "/" : undefined}
        value={text}
        onChange={(event) => change(event.target.value)}
        onCompositionStart={() => (composing.current = true)}
        onCompositionEnd={(event) => {
          composing.current = false;
          change(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "Enter") send(text);
          if (event.key === "Escape" && text) {
            event.stopPropagation();
            setText("");
            send("");
          }
        }}
      />
      {text && (
        <button
          type="button"
          className={styles.clear}
          aria-label={clearLabel}
          onClick={() => {
            setText("");
            send("");
          }}
        >
          <Icon name="close" size={12} />
        </button>
      )}
    </span>
  );
}
