import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ComponentProps } from "react";
import { answer, api } from "../../api/client";
import { useT } from "../../i18n";
import { controlClass } from "../../ui/Field";

interface ReferenceInputProps {
  target: string | null | undefined;
  value: string;
  onChange: (id: string) => void;
  control: Partial<ComponentProps<"select">>;
}

/** Chooses another item: a text narrows the list, the list chooses. */
export function ReferenceInput({ target, value, onChange, control }: ReferenceInputProps) {
  const t = useT();
  const [text, setText] = useState("");
  const found = useQuery({
    queryKey: ["cis", "reference", target ?? "", text],
    queryFn: ({ signal }) => answer(api.GET("/cis", { params: { query: { ...(target ? { class: [target] } : {}), ...(text ? { q: text } : {}), sort: "name", limit: 20 } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const chosen = useQuery({
    queryKey: ["ci", value, "name"],
    queryFn: ({ signal }) => answer(api.GET("/cis/{id}", { params: { path: { id: value } }, signal })),
    enabled: value !== "",
    staleTime: 60_000,
  });
  const items = found.data?.items ?? [];
  return (
    <span className="row wrap">
      <input type="search" className={controlClass} aria-label={t("reference.search")} placeholder={t("reference.search")} value={text} autoComplete="off" onChange={(event) => setText(event.target.value)} />
      <select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">—</option>
        {value !== "" && !items.some((one) => one.id === value) && <option value={value}>{chosen.data?.name ?? value}</option>}
        {items.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </span>
  );
}
