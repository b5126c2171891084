import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useId, type ComponentProps } from "react";
import { answer, api } from "../../api/client";

interface TagInputProps {
  /** Tags with commas between them. */
  value: string;
  onChange: (value: string) => void;
  control: Partial<ComponentProps<"input">>;
}

/** Tags with commas between them; the one that is being typed is completed from those in use. */
export function TagInput({ value, onChange, control }: TagInputProps) {
  const list = useId();
  const { before, last } = lastTag(value);
  const found = useQuery({
    queryKey: ["tags", last],
    queryFn: ({ signal }) => answer(api.GET("/tags", { params: { query: { ...(last ? { prefix: last } : {}), limit: 20 } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const taken = new Set(before.split(",").map((one) => one.trim()));
  const offered = (found.data?.items ?? []).filter((one) => !taken.has(one.tag));
  return (
    <>
      <input {...control} type="text" list={list} autoComplete="off" spellCheck={false} value={value} onChange={(event) => onChange(event.target.value)} />
      <datalist id={list}>
        {offered.map((one) => (
          <option key={one.tag} value={`${before}${one.tag}`} label={`${one.tag} (${one.cis})`} />
        ))}
      </datalist>
    </>
  );
}

/** The tag that is being typed, and what stands before it. */
export function lastTag(value: string): { before: string; last: string } {
  const comma = value.lastIndexOf(",");
  const rest = value.slice(comma + 1);
  const blanks = rest.length - rest.trimStart().length;
  const end = comma + 1 + blanks;
  return { before: comma < 0 ? "" : `${value.slice(0, comma + 1)} `, last: value.slice(end).trim() };
}
