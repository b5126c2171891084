import { useMemo } from "react";
import { useClassBook } from "../../api/classes";
import { codeText, useT } from "../../i18n";
import { environments } from "./words";

interface Choice {
  value: string;
  label: { en: string; ko: string };
}

/** The environments to choose from: those of the class model, or the usual ones where it leaves them open. */
export function useEnvironments(): readonly Choice[] {
  const t = useT();
  const book = useClassBook();
  return useMemo(() => {
    const modelled = book.classes.flatMap((one) => one.attributes).find((one) => one.name === "environment")?.values;
    return modelled ?? environments.map((value) => ({ value, label: { en: codeText(t, "environment", value), ko: codeText(t, "environment", value) } }));
  }, [t, book]);
}
