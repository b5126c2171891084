import type { ClassBook } from "../../../api/classes";
import { codeText, type Translate } from "../../../i18n";
import { attributeLabel } from "../attributeWords";

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
