import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { classes } from "./classes";
import field from "./Field.module.css";
import { Icon } from "./Icon";
import styles from "./QueryField.module.css";

export interface Completion {
  text: string;
  label: string | null;
  /** Whether a value has to follow. */
  isName: boolean;
}

export interface Completions {
  /** What is replaced, in characters. */
  from: number;
  to: number;
  items: readonly Completion[];
}

interface QueryFieldProps {
  label: string;
  clearLabel: string;
  listLabel: string;
  value: string;
  placeholder?: string;
  className?: string | undefined;
  hotkey?: boolean;
  /** Called when typing has rested and no input method is composing. */
  onSearch: (text: string) => void;
  /** What is typed and where the cursor stands, in characters; null while nothing is to be completed. */
  onType: (typed: { text: string; cursor: number } | null) => void;
  completions: Completions | null;
  /** What is wrong with what is typed. */
  fault: string | null;
}

const REST_MS = 250;

/** The text with a completion in the place of what was being typed, and where the cursor goes. */
export function complete(text: string, { from, to }: Completions, item: Completion): { text: string; cursor: number } {
  const letters = Array.from(text);
  const after = letters.slice(to).join("");
  const head = letters.slice(0, from).join("") + item.text + (item.isName || after.startsWith(" ") ? "" : " ");
  return { text: head + after, cursor: head.length };
}

/** How many characters stand before the cursor; the browser counts some of them twice. */
export function cursorOf(input: HTMLInputElement): number {
  return Array.from(input.value.slice(0, input.selectionStart ?? input.value.length)).length;
}

/** A box for queries: completes, says what is wrong, and never sends half a Hangul syllable. */
export function QueryField(props: QueryFieldProps) {
  const { label, value, completions, fault, onSearch, onType } = props;
  const listId = useId();
  const faultId = useId();
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(value);
  const composing = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [text, setText] = useState(value);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const items = open ? (completions?.items ?? []) : [];
  const active = at < items.length ? at : -1;

  function send(next: string) {
    clearTimeout(timer.current);
    if (composing.current || next === sent.current) return;
    sent.current = next;
    onSearch(next);
  }
  function change(next: string, cursor?: number) {
    setText(next);
    setAt(-1);
    clearTimeout(timer.current);
    if (composing.current) return;
    setOpen(true);
    onType({ text: next, cursor: cursor ?? (input.current ? cursorOf(input.current) : Array.from(next).length) });
    timer.current = setTimeout(() => send(next), REST_MS);
  }
  function take(item: Completion) {
    if (!completions) return;
    const next = complete(text, completions, item);
    change(next.text, Array.from(next.text.slice(0, next.cursor)).length);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(next.cursor, next.cursor);
    });
  }
  function close() {
    setOpen(false);
    setAt(-1);
    onType(null);
  }
  function press(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = items[active];
    if (step && items.length > 0) {
      const next = active + step;
      setAt(next < -1 ? items.length - 1 : next >= items.length ? -1 : next);
    } else if ((event.key === "Enter" || event.key === "Tab") && chosen) take(chosen);
    else if (event.key === "Enter") {
      close();
      send(text);
    } else if (event.key === "Escape" && items.length > 0) close();
    else if (event.key === "Escape" && text) change("");
    else return;
    if (event.key === "Escape") event.stopPropagation();
    event.preventDefault();
  }

  return (
    <div className={classes(styles.query, props.className)}>
      <span className={field.search}>
        <Icon name="search" size={14} />
        <input
          ref={input}
          type="text"
          role="combobox"
          className={field.control}
          aria-label={label}
          aria-expanded={items.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? undefined : faultId}
          placeholder={props.placeholder ?? label}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          data-hotkey={props.hotkey ? "/" : undefined}
          value={text}
          onChange={(event) => change(event.target.value)}
          onCompositionStart={() => (composing.current = true)}
          onCompositionEnd={(event) => {
            composing.current = false;
            change(event.currentTarget.value);
          }}
          onBlur={close}
          onKeyDown={press}
        />
        {text && (
          <button type="button" className={field.clear} aria-label={props.clearLabel} onMouseDown={(event) => event.preventDefault()} onClick={() => change("")}>
            <Icon name="close" size={12} />
          </button>
        )}
      </span>
      <div className={styles.list} role="listbox" id={listId} aria-label={props.listLabel} hidden={items.length === 0}>
        {items.map((item, index) => (
          <div key={item.text} id={`${listId}-${index}`} role="option" aria-selected={index === active} className={styles.option} onMouseDown={(event) => event.preventDefault()} onClick={() => take(item)}>
            <bdi className="mono">{item.text}</bdi>
            {item.label && <span className={styles.note}>{item.label}</span>}
          </div>
        ))}
      </div>
      {fault !== null && (
        <span className={field.error} id={faultId} role="alert">
          {fault}
        </span>
      )}
    </div>
  );
}
