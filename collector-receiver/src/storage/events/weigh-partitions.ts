import { instantOf } from "../wire/instant-of.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** What dropping a partition would take away. */
export interface WeighedPartition {
  readonly partition: string;
  /** The first time (ms since 1970) that is not in it. */
  readonly endMs: number;
  /** With indexes. */
  readonly bytes: number;
  readonly rows: number;
  readonly rowsByTenant: Readonly<Record<string, number>>;
}

/** Counts what the partitions (months, UTC) hold that end at or before a time. Reads all of their rows. */
export async function weighPartitions(client: WriterConnection, endMs: number): Promise<WeighedPartition[]> {
  const { rows: partitions } = await client.query<{ name: string; bytes: number; ends_at: number }>({
    text: `
      select name, bytes, ends_at from (
        select c.relname as name, pg_total_relation_size(c.oid) as bytes,
          (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' as ends_at
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'public.analytics_events'::regclass and c.relname ~ '^analytics_events_\\d{4}_\\d{2}$'
      ) partition
      where ends_at <= ${instantOf("$1")}
      order by name`,
    values: [endMs],
  });
  const weighed: WeighedPartition[] = [];
  for (const { name, bytes, ends_at: endMs } of partitions) {
    // The name consists of digits and underscores, as the statement above demands.
    const { rows } = await client.query<{ tenant_id: string; rows: number }>(
      `select tenant_id, count(*) as rows from public.${name} group by tenant_id order by tenant_id`,
    );
    weighed.push({
      partition: name,
      endMs,
      bytes,
      rows: rows.reduce((sum, { rows: count }) => sum + count, 0),
      rowsByTenant: Object.fromEntries(rows.map(({ tenant_id: tenantId, rows: count }) => [tenantId, count])),
    });
  }
  return weighed;
}
