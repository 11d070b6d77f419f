import type { BatchColumn } from "./batch-columns.ts";

/** The columns of a batch by name, in the order of the parameters. */
export type BatchColumns<Item> = Readonly<Record<string, BatchColumn<Item>>>;

/** A batch as a table of its own: one array parameter a column. */
export interface BatchRows<Item> {
  /** The columns, separated by commas. */
  readonly names: string;
  /** What of each row is stored, in the same order. */
  readonly values: string;
  /** `unnest($1::text[], …)`; goes into FROM, in front of an alias and `(names)`. */
  readonly unnested: string;
  /** The parameters, in order. */
  parameters(items: readonly Item[]): unknown[];
}

/**
 * A batch as SQL can read it.
 * @param firstParameter number of its first parameter
 */
export function batchRows<Item>(columns: BatchColumns<Item>, firstParameter = 1): BatchRows<Item> {
  const entries = Object.entries(columns);
  return {
    names: entries.map(([name]) => name).join(", "),
    values: entries.map(([name, { from }]) => from?.(name) ?? name).join(", "),
    unnested: `unnest(${entries.map(([, { type }], i) => `$${firstParameter + i}::${type}[]`).join(", ")})`,
    parameters: (items) => entries.map(([, { arrayOf }]) => arrayOf(items)),
  };
}

/** What to do with a row whose key is stored already. */
export interface BatchConflict {
  /** The columns of the key. */
  readonly key: readonly string[];
  /** Further assignments, for example `updated_at = now()`; the stored row is `stored`. */
  readonly set?: readonly string[];
}

/** SQL after `on conflict`: columns without a merge keep what is stored; if no column merges, nothing is written. */
export function onConflict(
  columns: Readonly<Record<string, Pick<BatchColumn<never>, "merge">>>,
  { key, set = [] }: BatchConflict,
): string {
  const merged = Object.entries(columns).flatMap(([name, { merge }]) =>
    merge === undefined ? [] : [`${name} = ${merge(`stored.${name}`, `excluded.${name}`)}`],
  );
  const assignments = [...set, ...merged];
  const action = assignments.length === 0 ? "nothing" : `update set\n      ${assignments.join(",\n      ")}`;
  return `on conflict (${key.join(", ")}) do ${action}`;
}

/** An `insert` of a whole batch, as `pg` takes it; each column is named once. */
export interface BatchStatement<Item> {
  readonly text: string;
  of(items: readonly Item[]): { name: string; text: string; values: unknown[] };
}

/**
 * Makes the statement that inserts a batch into a table and merges what is stored already.
 * @param name of the prepared statement; the text must be the same for every batch
 * @param table in the insert, the stored row is `stored`
 * @param returning columns of the inserted or changed rows
 */
export function batchStatement<Item>(
  name: string,
  table: string,
  columns: BatchColumns<Item>,
  conflict: BatchConflict,
  returning?: string,
): BatchStatement<Item> {
  const { names, values, unnested, parameters } = batchRows(columns);
  const text = `
    insert into ${table} as stored (${names})
    select ${values} from ${unnested} as incoming (${names})
    ${onConflict(columns, conflict)}${returning === undefined ? "" : `\n    returning ${returning}`}`;
  return { text, of: (items) => ({ name, text, values: parameters(items) }) };
}
