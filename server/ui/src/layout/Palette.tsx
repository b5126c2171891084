import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useId, useState, type KeyboardEvent, type ReactNode } from "react";
import { can } from "../api/can";
import { answer, api } from "../api/client";
import { useClassBook } from "../api/classes";
import { useSession } from "../api/session";
import { useT } from "../i18n";
import { paths } from "../paths";
import { ClassLetter } from "../ui/Badge";
import { Dialog } from "../ui/Dialog";
import { controlClass } from "../ui/Field";
import { Icon } from "../ui/Icon";
import { Name } from "../ui/Text";
import { placeGroups } from "./navigation";
import styles from "./Shell.module.css";

interface Hit {
  id: string;
  mark: ReactNode;
  text: string;
  note: string;
  go: () => void;
}

/** Search over pages, configuration items and software; the arrows choose, Enter goes. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const listId = useId();
  const q = useDeferredValue(typed.trim());
  const hits = useHits(q);
  const active = Math.min(at, Math.max(0, hits.length - 1));
  function choose(hit: Hit | undefined) {
    if (!hit) return;
    onClose();
    hit.go();
  }
  function press(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((active + step + hits.length) % Math.max(1, hits.length));
    else if (event.key === "Enter") choose(hits[active]);
    else return;
    event.preventDefault();
  }
  return (
    <Dialog onClose={onClose} title={t("palette.title")}>
      <input
        type="text"
        className={controlClass}
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={hits[active] ? `${listId}-${active}` : undefined}
        aria-label={t("shell.jump")}
        placeholder={t("palette.placeholder")}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div className={styles.results} role="listbox" id={listId} aria-label={t("palette.results")}>
        {hits.map((hit, index) => (
          <div key={hit.id} id={`${listId}-${index}`} role="option" aria-selected={index === active} className={styles.option} onClick={() => choose(hit)} onMouseMove={() => setAt(index)}>
            {hit.mark}
            <span className="grow">
              <Name>{hit.text}</Name>
            </span>
            <span className={styles.optionNote}>{hit.note}</span>
          </div>
        ))}
        {hits.length === 0 && <p className="muted">{t("ui.nothing_matches")}</p>}
      </div>
    </Dialog>
  );
}

function useHits(q: string): Hit[] {
  return [...usePageHits(q), ...useCiHits(q), ...useSoftwareHits(q)];
}

function usePageHits(q: string): Hit[] {
  const t = useT();
  const session = useSession();
  const navigate = useNavigate();
  const places = placeGroups.flatMap((group) => group.places).filter((place) => !place.permission || can(session, place.permission));
  const all = [...places, { label: "nav.account" as const, icon: "user" as const, link: paths.account() }];
  return all
    .filter((place) => t(place.label).toLowerCase().includes(q.toLowerCase()))
    .map((place) => ({
      id: place.link.to,
      mark: <Icon name={place.icon} />,
      text: t(place.label),
      note: t("palette.page"),
      go: () => void navigate({ to: place.link.to }),
    }));
}

function useCiHits(q: string): Hit[] {
  const session = useSession();
  const navigate = useNavigate();
  const book = useClassBook();
  const found = useQuery({
    queryKey: ["palette", "cis", q],
    queryFn: ({ signal }) => answer(api.GET("/cis", { params: { query: { q, limit: 8 } }, signal })),
    enabled: q !== "" && can(session, "ci.read"),
    placeholderData: keepPreviousData,
  });
  if (q === "") return [];
  return (found.data?.items ?? []).map((ci) => ({
    id: ci.id,
    mark: <ClassLetter {...book.mark(ci.class)} />,
    text: ci.name,
    note: book.label(ci.class),
    go: () => void navigate(paths.ci(ci.id)),
  }));
}

function useSoftwareHits(q: string): Hit[] {
  const t = useT();
  const session = useSession();
  const navigate = useNavigate();
  const found = useQuery({
    queryKey: ["palette", "software", q],
    queryFn: ({ signal }) => answer(api.GET("/software", { params: { query: { q, limit: 5 } }, signal })),
    enabled: q !== "" && can(session, "software.read"),
    placeholderData: keepPreviousData,
  });
  if (q === "") return [];
  return (found.data?.items ?? []).map((product) => ({
    id: `product-${product.id}`,
    mark: <Icon name="software" />,
    text: product.name,
    note: `${product.ecosystem} · ${t("software.hosts", { count: product.hosts })}`,
    go: () => void navigate(paths.product(product.id)),
  }));
}
