import { useState } from "react";
import { commonAttributes } from "../../../api/classes";
import type { ClassAttribute } from "../../../api/types";
import { useLocale, useT } from "../../../i18n";
import { Card } from "../../../ui/Card";
import { AttributeField } from "../AttributeField";

interface FormPreviewProps {
  attributes: readonly ClassAttribute[];
  nameOf: (attribute: string) => string;
}

/** The form that people get for the class; what is typed here goes nowhere. */
export function FormPreview({ attributes, nameOf }: FormPreviewProps) {
  const t = useT();
  const locale = useLocale();
  const [texts, setTexts] = useState<Record<string, string>>({});
  const fields = attributes.filter((one) => !one.hidden && !commonAttributes.includes(one.name));
  if (fields.length === 0) return null;
  return (
    <Card title={t("classes.preview")}>
      <div className="stack">
        <p className="soft">{t("classes.preview_text")}</p>
        <div className="pairs">
          {fields.map((one) => (
            <AttributeField key={one.name} attribute={one} locale={locale} nameOf={nameOf} value={texts[one.name] ?? ""} onChange={(value) => setTexts((before) => ({ ...before, [one.name]: value }))} />
          ))}
        </div>
      </div>
    </Card>
  );
}
