import type pg from "pg";

/** Those of some timezones that PostgreSQL's timezone database does not have. */
export async function findUnknownTimezones(
  client: Pick<pg.Client, "query">,
  zones: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ zone: string }>(
    "select zone from unnest($1::text[]) as zone where lower(zone) not in (select lower(name) from pg_timezone_names)",
    [zones],
  );
  return new Set(rows.map(({ zone }) => zone));
}
