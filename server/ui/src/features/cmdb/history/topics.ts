import type { ClassBook } from "../../../api/classes";
import { codeText, hasMessage, type Translate } from "../../../i18n";

const ATTRIBUTE = "attribute.";

/** The attribute of a topic; none where it is about something else. */
export function attributeOf(topic: string): string | null {
  return topic.startsWith(ATTRIBUTE) ? topic.slice(ATTRIBUTE.length) : null;
}

/** What of a CI differs, as people call it. */
export function topicLabel(t: Translate, book: ClassBook, topic: string, className?: string): string {
  const name = attributeOf(topic);
  return name === null ? codeText(t, "topic", topic) : attributeLabel(t, book, name, className);
}

/** The attribute's name for people; without a class, that of the first class that has it. */
export function attributeLabel(t: Translate, book: ClassBook, name: string, className?: string): string {
  const key = `ci.${name}`;
  const found = (className ? book.attribute(className, name) : undefined) ?? book.classes.flatMap((one) => one.attributes).find((one) => one.name === name);
  if (found) return book.text(found.label);
  return hasMessage(key) ? t(key) : name;
}
