import { useMemo } from "react";
import { useClassBook, type ClassBook } from "../../api/classes";
import type { ClassAttribute } from "../../api/types";
import { useTimeStyle } from "../../format/TimeContext";
import { codeText, hasMessage, useT, type Translate } from "../../i18n";
import { showValue } from "./attributes";

/** How attributes and their values are called for people; without a class, as in the first class that has the attribute. */
export interface AttributeWords {
  label: (name: string, className?: string) => string;
  value: (name: string, value: unknown, className?: string) => string;
}

const CODED = ["lifecycle", "environment", "criticality"];

export function useAttributeWords(): AttributeWords {
  const t = useT();
  const book = useClassBook();
  const style = useTimeStyle();
  return useMemo(
    () => ({
      label: (name, className) => attributeLabel(t, book, name, className),
      value: (name, value, className) => (CODED.includes(name) && value !== null && value !== undefined ? codeText(t, name, String(value)) : showValue(value, attributeIn(book, name, className), t, style)),
    }),
    [t, book, style],
  );
}

/** The attribute's name for people; without a class, that of the first class that has it. */
export function attributeLabel(t: Translate, book: ClassBook, name: string, className?: string): string {
  const found = attributeIn(book, name, className);
  if (found) return book.text(found.label);
  const key = `ci.${name}`;
  return hasMessage(key) ? t(key) : name;
}

function attributeIn(book: ClassBook, name: string, className?: string): ClassAttribute | undefined {
  return (className ? book.attribute(className, name) : undefined) ?? book.classes.flatMap((one) => one.attributes).find((one) => one.name === name);
}
