import type { Organisation } from "../../api/types";

/** An organisation with how deep it lies. */
export interface Branch {
  organisation: Organisation;
  depth: number;
}

/** The organisations as a tree, parents before what is below them; one whose parent is out of sight is a top. */
export function treeOf(organisations: readonly Organisation[]): Branch[] {
  const walk = (parent: string | null, depth: number): Branch[] => below(organisations, parent).flatMap((organisation) => [{ organisation, depth }, ...walk(organisation.id, depth + 1)]);
  return walk(null, 0);
}

/** The organisations right below one, or at the top for none. */
export function below(organisations: readonly Organisation[], parent: string | null): Organisation[] {
  const known = new Set(organisations.map((one) => one.id));
  return organisations.filter((one) => (one.parent_id && known.has(one.parent_id) ? one.parent_id : null) === parent);
}

/** Where an organisation can be moved: nowhere below itself. */
export function placesFor(organisations: readonly Organisation[], moved: Organisation): Organisation[] {
  const isWithin = (one: Organisation | undefined): boolean => one !== undefined && (one.id === moved.id || isWithin(organisations.find((other) => other.id === one.parent_id)));
  return organisations.filter((one) => !isWithin(one));
}
