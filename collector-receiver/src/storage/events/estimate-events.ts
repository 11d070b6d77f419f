import { openWriterConnection } from "../wire/writer-connection.ts";

/** About how many events a tenant has: PostgreSQL's estimate, for a progress bar. */
export async function estimateEvents(connectionString: string): Promise<number> {
  const client = await openWriterConnection(connectionString);
  try {
    const { rows } = await client.query<{ estimate: number }>(`
      select coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint as estimate
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'analytics_events'::regclass`);
    return rows[0]?.estimate ?? 0;
  } finally {
    await client.end();
  }
}
