import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * Removes the claims of months that retention has dropped, in transactions of 1,000 pages each. Nothing is read if there is no
 * such month, and what was not finished is begun anew by the next call.
 * @returns after each transaction
 */
export async function* forgetEventIds(client: WriterConnection): AsyncGenerator<void> {
  const { rows } = await client.query<{ months: string[] | null }>(
    "select array_agg(month::text) as months from analytics_dropped_months",
  );
  const months = rows[0]?.months ?? null;
  if (months === null) return;
  for (let page: number | null = 0; page !== null;) {
    const slice: { rows: { page: number | null }[] } = await client.query<{ page: number | null }>({
      text: "select spanledger_forget_event_ids($1::date[], $2) as page",
      values: [months, page],
    });
    page = slice.rows[0]?.page ?? null;
    yield;
  }
}
