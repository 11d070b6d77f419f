import type pg from "pg";

/**
 * Reads what PostgreSQL's timezone database says of one instant a day.
 * @param fromMs the first instant, ms since 1970
 * @returns `2026-03-08 23:00` for `fromMs` and for the same instant of each of the next `days` days
 */
export async function readLocalTimes(
  client: Pick<pg.Client, "query">,
  zone: string,
  fromMs: number,
  days: number,
): Promise<string[]> {
  const { rows } = await client.query<{ local: string }>(
    `select to_char((timestamptz 'epoch' + ($2::float8 + day * 86400) * interval '1 second') at time zone $1, 'YYYY-MM-DD HH24:MI') as local
     from generate_series(0, $3::int) as day order by day`,
    [zone, fromMs / 1000, days],
  );
  return rows.map(({ local }) => local);
}
