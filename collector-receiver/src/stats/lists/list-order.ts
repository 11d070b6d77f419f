import { shorten } from "../report-period.ts";
import { RequestError } from "../request-error.ts";

/** A place in a sorted list: the value that a row is sorted by, as decimal text or a name, and the row's id. */
export interface ListPosition {
  readonly key: string;
  readonly id: string;
}

/** How a list is sorted, and which part of it is asked for. */
export interface ListOrder<Column extends string> {
  readonly by: Column;
  readonly descending: boolean;
  /** The part after a row, or the one before it; null: the beginning of the list. */
  readonly from: (ListPosition & { readonly side: "after" | "before" }) | null;
}

/** A part of a list, with the positions of its neighbours; null: there is none. */
export interface ListPart<Row> {
  readonly rows: readonly Row[];
  readonly previous: string | null;
  readonly next: string | null;
}

/** What SQL needs to know of a sorted column. */
export interface SortedColumn {
  /** The expression, by direction: a row whose value is not known comes last in both. */
  readonly ascending: string;
  readonly descending: string;
  /** The text of a key, and of an id, as the type of the column. */
  readonly keyFrom: (text: string) => string;
  readonly idFrom: (text: string) => string;
}

/**
 * Reads `sort`, `after` and `before`.
 * @param columns by which the list can be sorted, the first unless another is asked for; `-` before one sorts downwards
 * @param isPosition what keys and ids of positions look like
 * @throws RequestError if a position is not one that `partOf` gave
 */
export function listOrderOf<Column extends string>(
  query: Readonly<Record<string, string | undefined>>,
  columns: readonly [Column, ...Column[]],
  isPosition: { readonly key: RegExp; readonly id: RegExp },
): ListOrder<Column> {
  const asked = query["sort"] ?? columns[0];
  const by = columns.find((column) => asked === column || asked === `-${column}`);
  // A page is never refused for a word that it does not know.
  const order = by === undefined ? { by: columns[0], descending: false } : { by, descending: asked.startsWith("-") };
  const side = query["after"] === undefined ? "before" : "after";
  const text = query[side];
  if (text === undefined) return { ...order, from: null };
  const place = text.indexOf("_");
  const [key, id] = [decodeKey(text.slice(0, Math.max(0, place))), text.slice(place + 1)];
  if (place >= 0 && key !== null && isPosition.key.test(key) && isPosition.id.test(id)) {
    return { ...order, from: { key, id, side } };
  }
  throw new RequestError(
    "invalid_parameter",
    `${side} = "${shorten(text)}" is not a page position; follow the links to other pages`,
    side,
  );
}

/** The order as `sort` names it; null: the list's own. */
export function sortName<Column extends string>(
  { by, descending }: Pick<ListOrder<Column>, "by" | "descending">,
  columns: readonly Column[],
): string | null {
  return by === columns[0] && !descending ? null : `${descending ? "-" : ""}${by}`;
}

/** True if the rows have to be read from the end of the part to its beginning. */
function isBackwards({ from }: ListOrder<string>): boolean {
  return from?.side === "before";
}

/**
 * SQL of a part: the rows beyond the position, the nearest to it first.
 * @param parameters the position's key and id, as texts
 */
export function partSql(
  order: ListOrder<string>,
  column: SortedColumn,
  id: string,
  parameters: { readonly key: string; readonly id: string },
): { readonly key: string; readonly condition: string; readonly direction: "asc" | "desc" } {
  const key = order.descending ? column.descending : column.ascending;
  const goesDown = order.descending !== isBackwards(order);
  const direction = goesDown ? "desc" : "asc";
  return {
    key,
    condition:
      order.from === null
        ? `${parameters.key}::text is null and ${parameters.id}::text is null`
        : `(${key}, ${id}) ${goesDown ? "<" : ">"} (${column.keyFrom(`${parameters.key}::text`)}, ${column.idFrom(`${parameters.id}::text`)})`,
    direction,
  };
}

/**
 * The part of a list that a page shows.
 * @param found the rows as `partSql` orders them, at most one more than the limit: it says whether there are more
 */
export function partOf<Row>(
  found: readonly Row[],
  limit: number,
  order: ListOrder<string>,
  positionOf: (row: Row) => ListPosition,
): ListPart<Row> {
  const shown = found.slice(0, limit);
  const rows = isBackwards(order) ? shown.toReversed() : shown;
  const hasMore = found.length > limit;
  const encode = (row: Row | undefined): string | null => {
    if (row === undefined) return null;
    const { key, id } = positionOf(row);
    return `${encodeURIComponent(key).replaceAll("_", "%5F")}_${id}`;
  };
  return {
    rows,
    previous: (isBackwards(order) ? hasMore : order.from !== null) ? encode(rows[0]) : null,
    next: isBackwards(order) || hasMore ? encode(rows.at(-1)) : null,
  };
}

function decodeKey(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
