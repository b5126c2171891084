import { useEffect, useRef } from "react";
import type { TextPart } from "../api/types";
import { useT } from "../i18n";
import { visibleText } from "../ui/Text";
import type { Group, Option } from "./paletteOptions";
import styles from "./Palette.module.css";

interface PaletteGroupsProps {
  id: string;
  groups: readonly Group[];
  /** Which option is chosen, counted over all groups. */
  active: number;
  onActive: (at: number) => void;
  onChoose: (option: Option) => void;
}

/** What can be chosen, under the name of its kind. */
export function PaletteGroups({ id, groups, active, onActive, onChoose }: PaletteGroupsProps) {
  const t = useT();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active, groups.length]);
  const starts = groups.map((_, place) => groups.slice(0, place).reduce((sum, group) => sum + group.options.length, 0));
  return (
    <div className={styles.results} role="listbox" id={id} aria-label={t("palette.results")} ref={list}>
      {groups.map((group, place) => (
        <div key={group.kind} role="group" aria-labelledby={`${id}-${group.kind}`}>
          <div className={styles.kind} id={`${id}-${group.kind}`}>
            {group.label}
          </div>
          {group.options.map((option, index) => {
            const at = (starts[place] ?? 0) + index;
            return (
              <div key={option.key} id={`${id}-${at}`} role="option" aria-selected={at === active} className={styles.option} onClick={() => onChoose(option)} onMouseMove={() => onActive(at)}>
                {option.mark}
                <span className={styles.text}>
                  <Parts parts={option.name} />
                  {option.reason && (
                    <span className={styles.reason}>
                      <Parts parts={option.reason} />
                    </span>
                  )}
                </span>
                <span className={styles.optionNote}>{option.note}</span>
              </div>
            );
          })}
        </div>
      ))}
      {groups.length === 0 && <p className="muted">{t("ui.nothing_matches")}</p>}
    </div>
  );
}

/** A text with what was looked for marked. */
function Parts({ parts }: { parts: readonly TextPart[] }) {
  return (
    <bdi className={styles.parts}>
      {parts.map((part, place) => (part.matched ? <mark key={place}>{visibleText(part.text)}</mark> : <span key={place}>{visibleText(part.text)}</span>))}
    </bdi>
  );
}
