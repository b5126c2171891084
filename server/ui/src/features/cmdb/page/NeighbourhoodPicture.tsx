import { useNavigate, useRouter } from "@tanstack/react-router";
import { useMemo, useState, type KeyboardEvent, type MouseEvent } from "react";
import { useClassBook, type ClassBook } from "../../../api/classes";
import { truncateMiddle } from "../../../format/truncate";
import { useT } from "../../../i18n";
import { paths } from "../../../paths";
import { classes } from "../../../ui/classes";
import { visibleText } from "../../../ui/Text";
import styles from "./NeighbourhoodPicture.module.css";
import { NODE, layOut, type Edge, type Neighbourhood, type Placed } from "./neighbourhood";

const SURE = 0.7;

/** The neighbourhood in columns by distance. Arrow keys move between CIs, Enter opens one. */
export function NeighbourhoodPicture({ neighbourhood }: { neighbourhood: Neighbourhood }) {
  const t = useT();
  const book = useClassBook();
  const picture = useMemo(() => layOut(neighbourhood), [neighbourhood]);
  const [lit, setLit] = useState<string | null>(null);
  const touches = (edge: Edge) => edge.from === lit || edge.to === lit;
  return (
    <figure>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("relations.picture")}>
        <svg className={styles.svg} width={picture.width} height={picture.height} viewBox={`0 0 ${picture.width} ${picture.height}`} role="group" aria-label={t("relations.picture")} onKeyDown={moveFocus}>
          <defs>
            <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path className={styles.arrow} d="M0 0.5 8 4 0 7.5z" />
            </marker>
          </defs>
          {picture.columns.map((column) => (
            <g key={column.kind}>
              <text className={styles.column} x={column.x} y={14}>
                {t(`relations.column_${column.kind}`)}
              </text>
              {column.hidden > 0 && (
                <text className={styles.more} x={column.x + 8} y={column.bottom + 20}>
                  {t("relations.more", { count: column.hidden })}
                </text>
              )}
            </g>
          ))}
          {picture.edges.map((edge) => (
            <path key={`${edge.from}/${edge.to}`} className={classes(styles.edge, edge.confidence < SURE && styles.weak, lit && (touches(edge) ? styles.lit : styles.dim))} d={edge.path} markerEnd="url(#tip)">
              <title>{edge.label}</title>
            </path>
          ))}
          {picture.nodes.map((node) => (
            <NodeLink key={node.id} node={node} book={book} root={node.id === neighbourhood.root.id} onLight={setLit} />
          ))}
        </svg>
      </div>
      <figcaption className={styles.caption}>{t("relations.picture_hint")}</figcaption>
    </figure>
  );
}

interface NodeLinkProps {
  node: Placed;
  book: ClassBook;
  root: boolean;
  onLight: (id: string | null) => void;
}

function NodeLink({ node, book, root, onLight }: NodeLinkProps) {
  const router = useRouter();
  const navigate = useNavigate();
  const mark = book.mark(node.class);
  const name = visibleText(node.name);
  const link = paths.ci(node.id, "relations");
  function open(event: MouseEvent) {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void navigate(link);
  }
  return (
    <a
      href={router.buildLocation(link).href}
      className={classes(styles.node, root && styles.root)}
      aria-current={root ? "true" : undefined}
      data-column={node.column}
      onClick={open}
      onMouseEnter={() => onLight(node.id)}
      onMouseLeave={() => onLight(null)}
      onFocus={() => onLight(node.id)}
      onBlur={() => onLight(null)}
    >
      <title>{`${book.label(node.class)} ${name}`}</title>
      <rect className={styles.box} x={node.x} y={node.y} width={NODE.width} height={NODE.height} rx="6" />
      <rect x={node.x + 5} y={node.y + 5} width="16" height="16" rx="4" style={{ fill: `var(--${mark.family}, var(--org))` }} />
      <text className={styles.letter} x={node.x + 13} y={node.y + 17} aria-hidden="true">
        {mark.letter}
      </text>
      <text className={styles.name} x={node.x + 27} y={node.y + 17.5}>
        {truncateMiddle(name, 23)}
      </text>
    </a>
  );
}

/** Up and down within a column, left and right to the nearest node of the next. */
function moveFocus(event: KeyboardEvent<SVGSVGElement>) {
  const current = document.activeElement;
  const nodes = [...event.currentTarget.querySelectorAll<SVGAElement>("a[data-column]")];
  if (!(current instanceof SVGAElement) || !nodes.includes(current)) return;
  const columnOf = (node: Element) => Number(node.getAttribute("data-column"));
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: 0, ArrowDown: 0 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const column = nodes.filter((node) => columnOf(node) === columnOf(current) + step);
  if (step === 0) {
    const at = column.indexOf(current) + (event.key === "ArrowDown" ? 1 : -1);
    column[at]?.focus();
    return;
  }
  const y = current.getBoundingClientRect().y;
  column.sort((a, b) => Math.abs(a.getBoundingClientRect().y - y) - Math.abs(b.getBoundingClientRect().y - y))[0]?.focus();
}
