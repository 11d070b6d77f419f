import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * Runs a statement over the events of a batch that answers with places.
 * @param values as `batchRows` makes them of the events
 * @returns places of events, from 0
 */
export async function findPlaces(
  client: WriterConnection,
  statement: { readonly name: string; readonly text: string },
  values: unknown[],
): Promise<ReadonlySet<number>> {
  const { rows } = await client.query<[number]>({ ...statement, rowMode: "array", values });
  return new Set(rows.map(([place]) => place));
}
