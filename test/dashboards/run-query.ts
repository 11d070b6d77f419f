import type pg from "pg";
import { interpolateVariables, expandMacros } from "./expand-query.ts";
import type { QueryRange } from "./expand-query.ts";
import type { BoardQuery } from "./read-queries.ts";

export interface BoardChoice {
  readonly tenant: string;
  /** Default: the row without an agent. */
  readonly agent?: string;
  /** Default: all. */
  readonly channel?: string;
}

export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly rows: readonly (readonly unknown[])[];
}

export type ColumnType = "float8" | "text" | "timestamptz" | "other";

const types: Readonly<Record<number, ColumnType>> = { 701: "float8", 25: "text", 1043: "text", 1184: "timestamptz" };

/** The text that PostgreSQL gets from Grafana. */
export function sqlOf(
  query: BoardQuery,
  range: QueryRange,
  { tenant, agent = "none", channel = "*" }: BoardChoice,
): string {
  const written = interpolateVariables(query.sql, {
    tenant: { value: tenant },
    agent: { value: agent },
    channel: { value: channel },
  });
  return expandMacros(written, range);
}

/** Runs a query as Grafana does: as one string, and what it may read is what `client` may. */
export async function runQuery(
  client: pg.ClientBase,
  query: BoardQuery,
  range: QueryRange,
  choice: BoardChoice,
): Promise<QueryResult> {
  try {
    const { fields, rows } = await client.query({ text: sqlOf(query, range, choice), rowMode: "array" });
    return {
      columns: fields.map(({ name, dataTypeID }) => ({ name, type: types[dataTypeID] ?? "other" })),
      rows,
    };
  } catch (error) {
    throw new Error(`${query.where}: ${(error as Error).message}`, { cause: error });
  }
}
