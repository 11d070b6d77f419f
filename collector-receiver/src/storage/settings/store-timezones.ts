import type { Stretch } from "../../metrics/timezone-offsets.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** When the clocks of a timezone are changed, by which version of the timezone database, and up to when that is known. */
export interface StoredTimezone {
  readonly version: string;
  readonly knownUntilMs: number;
  readonly stretches: readonly Stretch[];
}

type StoredJson = readonly [
  version: string,
  knownUntilMs: number,
  startsMs: readonly (number | null)[],
  offsets: readonly number[],
];

/** The timezones of all tenants and those in `more`, each with what is stored of it, in order. */
export async function readStoredTimezones(
  client: Pick<WriterConnection, "query">,
  more: readonly string[],
): Promise<Map<string, StoredTimezone | undefined>> {
  const { rows } = await client.query<{ timezone: string; stored: StoredJson | null }>({
    text: `
      select timezone, case when version is not null then json_build_array(version, extract(epoch from known_until) * 1000,
        array(select case when isfinite(start) then extract(epoch from start) * 1000 end
          from unnest(starts_at) with ordinality as starts (start, place) order by place), utc_offsets) end as stored
      from (select timezone from analytics_settings union select unnest($1::text[])) as used
      left join analytics_timezones using (timezone)
      order by timezone collate "C"`,
    values: [more],
  });
  return new Map(rows.map(({ timezone, stored }) => [timezone, stored === null ? undefined : readJson(stored)]));
}

function readJson([version, knownUntilMs, startsMs, offsets]: StoredJson): StoredTimezone {
  const stretches = startsMs.map((startMs, place) => ({ startMs, offsetSeconds: offsets[place] ?? 0 }));
  return { version, knownUntilMs, stretches };
}

/** Stores when the clocks of a timezone are changed, unless a newer version of the timezone database has said it. */
export async function storeTimezoneStretches(
  client: Pick<WriterConnection, "query">,
  timezone: string,
  { version, knownUntilMs, stretches }: StoredTimezone,
): Promise<void> {
  const starts = stretches.map(({ startMs }) => (startMs === null ? "-infinity" : new Date(startMs).toISOString()));
  await client.query({
    text: `
      insert into analytics_timezones as stored (timezone, version, known_until, starts_at, utc_offsets)
      values ($1, $2, $3::timestamptz, $4::timestamptz[], $5::int[])
      on conflict (timezone) do update set version = excluded.version, known_until = excluded.known_until,
        starts_at = excluded.starts_at, utc_offsets = excluded.utc_offsets
      where stored.version <= excluded.version`,
    values: [
      timezone,
      version,
      new Date(knownUntilMs).toISOString(),
      starts,
      stretches.map((each) => each.offsetSeconds),
    ],
  });
}
