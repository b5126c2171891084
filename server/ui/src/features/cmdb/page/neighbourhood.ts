/** A CI as the picture shows it. */
export interface PlaceableCi {
  id: string;
  name: string;
  class: string;
}

/** `from` relies on `to`. */
export interface Dependence {
  from: string;
  to: string;
  /** What the relation is called, read from `from` to `to`. */
  label: string;
  confidence: number;
}

export interface Neighbourhood {
  root: PlaceableCi;
  /** What the root relies on. */
  needs: readonly PlaceableCi[];
  /** What relies on the root. */
  users: readonly PlaceableCi[];
  /** What relies on those. */
  beyond: readonly PlaceableCi[];
  dependences: readonly Dependence[];
}

export interface Placed extends PlaceableCi {
  x: number;
  y: number;
  column: number;
}

export interface Edge extends Dependence {
  path: string;
}

export interface Picture {
  width: number;
  height: number;
  columns: { x: number; kind: "needs" | "root" | "users" | "beyond"; hidden: number; bottom: number }[];
  nodes: Placed[];
  edges: Edge[];
}

export const NODE = { width: 184, height: 26 };
const GAP = { x: 96, y: 8 };
const TOP = 26;
const MOST = 10;

/** Places a neighbourhood in columns by distance: what the root needs, the root, who uses it, who uses those.
 *
 * Within a column, nodes stand near what they are tied to (barycentre of the column before); at most ten are shown.
 * The same input always gives the same picture. A CI reached twice stands once, in the nearest column.
 */
export function layOut({ root, needs, users, beyond, dependences }: Neighbourhood): Picture {
  const seen = new Set([root.id]);
  const fresh = (all: readonly PlaceableCi[]) => all.filter((one) => !seen.has(one.id) && seen.add(one.id));
  const kinds = [
    { kind: "needs" as const, all: fresh(needs) },
    { kind: "root" as const, all: [root] },
    { kind: "users" as const, all: fresh(users) },
    { kind: "beyond" as const, all: fresh(beyond) },
  ].filter(({ all }) => all.length > 0);
  const rows = new Map<string, number>();
  const shown = kinds.map(({ kind, all }) => {
    const ordered = kind === "beyond" ? byBarycentre(all, rows, dependences) : byClass(all);
    const visible = ordered.slice(0, MOST);
    visible.forEach((one, row) => rows.set(one.id, row - visible.length / 2));
    return { kind, visible, hidden: all.length - visible.length };
  });
  const tallest = Math.max(...shown.map(({ visible, hidden }) => visible.length + (hidden > 0 ? 1 : 0)));
  const height = TOP + tallest * (NODE.height + GAP.y) + 4;
  const nodes = shown.flatMap(({ visible, hidden }, column) => {
    const rowsHere = visible.length + (hidden > 0 ? 1 : 0);
    const start = TOP + ((tallest - rowsHere) * (NODE.height + GAP.y)) / 2;
    return visible.map((one, row) => ({ ...one, column, x: column * (NODE.width + GAP.x) + 1, y: start + row * (NODE.height + GAP.y) }));
  });
  const columns = shown.map(({ kind, hidden }, column) => {
    const last = nodes.filter((node) => node.column === column).at(-1);
    return { kind, hidden, x: column * (NODE.width + GAP.x) + 1, bottom: (last?.y ?? TOP) + NODE.height };
  });
  return { width: shown.length * (NODE.width + GAP.x) - GAP.x + 2, height, columns, nodes, edges: edgesOf(nodes, dependences) };
}

function byClass(all: readonly PlaceableCi[]): PlaceableCi[] {
  return [...all].sort((a, b) => a.class.localeCompare(b.class) || a.name.localeCompare(b.name));
}

function byBarycentre(all: readonly PlaceableCi[], rows: ReadonlyMap<string, number>, dependences: readonly Dependence[]): PlaceableCi[] {
  const weight = (id: string) => {
    const at = dependences.filter((one) => one.from === id).map((one) => rows.get(one.to) ?? 0);
    return at.length === 0 ? 0 : at.reduce((sum, row) => sum + row, 0) / at.length;
  };
  return [...all].sort((a, b) => weight(a.id) - weight(b.id) || a.name.localeCompare(b.name));
}

/** Curves from the right node to the left one: the arrow points at what is relied on. */
function edgesOf(nodes: readonly Placed[], dependences: readonly Dependence[]): Edge[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const drawn = new Set<string>();
  return dependences.flatMap((dependence) => {
    const from = byId.get(dependence.from);
    const to = byId.get(dependence.to);
    const key = `${dependence.from}/${dependence.to}`;
    if (!from || !to || from.column <= to.column || drawn.has(key)) return [];
    drawn.add(key);
    const x1 = from.x;
    const y1 = from.y + NODE.height / 2;
    const x2 = to.x + NODE.width + 6;
    const y2 = to.y + NODE.height / 2;
    const bend = Math.max(24, (x1 - x2) / 2);
    return [{ ...dependence, path: `M${x1} ${y1}C${x1 - bend} ${y1} ${x2 + bend} ${y2} ${x2} ${y2}` }];
  });
}
