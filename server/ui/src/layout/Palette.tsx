import { useNavigate } from "@tanstack/react-router";
import { Suspense, lazy, useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { ApiError } from "../api/errors";
import { rememberSearch } from "../api/search";
import { useT } from "../i18n";
import { paths } from "../paths";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { controlClass } from "../ui/Field";
import { complete, cursorOf } from "../ui/QueryField";
import { PaletteGroups } from "./PaletteGroups";
import { usePaletteGroups, type Option } from "./paletteOptions";
import { faultText } from "./queryFault";
import styles from "./Palette.module.css";

const SaveSearchDialog = lazy(() => import("./SaveSearchDialog"));
const REST_MS = 120;

/** One box over everything: the arrows choose, Enter goes, Tab completes. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const [typed, setTyped] = useState({ text: "", cursor: 0 });
  const [at, setAt] = useState(0);
  const [saving, setSaving] = useState(false);
  const composing = useRef(false);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const asked = useRested(typed, composing);
  const { groups, fault, error, waiting, pending, completions } = usePaletteGroups(asked);
  const options = groups.flatMap((group) => group.options);
  const active = Math.min(at, Math.max(0, options.length - 1));
  const query = typed.text.trim();

  function change(text: string, cursor: number) {
    setTyped({ text, cursor });
    setAt(0);
  }
  function choose(option: Option | undefined) {
    if (!option) return;
    if (option.completion && completions) {
      const next = complete(typed.text, completions, option.completion);
      change(next.text, Array.from(next.text.slice(0, next.cursor)).length);
      requestAnimationFrame(() => input.current?.setSelectionRange(next.cursor, next.cursor));
    } else if (option.query !== undefined) change(option.query, Array.from(option.query).length);
    else if (option.go) {
      rememberSearch(query);
      onClose();
      option.go();
    }
  }
  function press(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((active + step + options.length) % Math.max(1, options.length));
    else if (event.key === "Enter") choose(options[active]);
    else if (event.key === "Tab" && !event.shiftKey && options[active]?.completion) choose(options[active]);
    else return;
    event.preventDefault();
  }
  function showAll() {
    rememberSearch(query);
    onClose();
    void navigate(paths.cis({ q: query }));
  }
  if (saving) {
    return (
      <Suspense>
        <SaveSearchDialog query={query} onClose={onClose} onSaved={(saved) => void navigate(paths.cis({ q: saved.query }))} />
      </Suspense>
    );
  }
  const wrong = faultText(t, query === "" ? null : fault);
  const foot = query !== "" && wrong === null && (
    <>
      <Button small tone="quiet" onClick={showAll}>
        {t("search.show_all")}
      </Button>
      <Button small tone="quiet" onClick={() => setSaving(true)}>
        {t("search.save")}
      </Button>
    </>
  );
  return (
    <Dialog onClose={onClose} title={t("palette.title")}>
      <input
        ref={input}
        type="text"
        className={controlClass}
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={options[active] ? `${listId}-${active}` : undefined}
        aria-label={t("shell.jump")}
        aria-invalid={wrong !== null}
        aria-describedby={`${listId}-note`}
        placeholder={t("palette.placeholder")}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={typed.text}
        onChange={(event) => change(event.target.value, cursorOf(event.target))}
        onCompositionStart={() => (composing.current = true)}
        onCompositionEnd={(event) => {
          composing.current = false;
          change(event.currentTarget.value, cursorOf(event.currentTarget));
        }}
        onKeyDown={press}
      />
      <p className={styles.note} id={`${listId}-note`} data-wrong={wrong !== null}>
        {wrong ?? t("search.help")}
      </p>
      <PaletteGroups id={listId} groups={groups} active={active} onActive={setAt} onChoose={choose} />
      {failed(error) && (
        <p className={styles.failed} role="alert">
          {t("search.failed")}
        </p>
      )}
      {waiting > 0 && <p className="muted">{t("search.waiting", { count: waiting })}</p>}
      <div className={styles.foot}>{foot}</div>
      <div className="sr-only" role="status" aria-live="polite">
        {wrong ?? (pending ? t("search.searching") : query === "" ? "" : t("search.found", { count: options.length }))}
      </div>
    </Dialog>
  );
}

/** Whether the search itself failed; a query that cannot be read is said at the box. */
function failed(error: unknown): boolean {
  return error !== null && !(error instanceof ApiError && error.status === 422);
}

/** What is typed, once typing has rested; never half a Hangul syllable. */
function useRested<T>(value: T, composing: { current: boolean }): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (!composing.current) setRested(value);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [value, composing]);
  return rested;
}
