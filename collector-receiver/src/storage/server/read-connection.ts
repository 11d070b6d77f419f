import type pg from "pg";

/** How the server sees a connection. */
export interface ServerConnection {
  /** The server's own process. A pooler tells its clients another id. */
  readonly pid: number;
  readonly ssl: boolean;
  /** `TLSv1.3`; null without TLS. */
  readonly version: string | null;
  /** True if it does not leave the server's machine. */
  readonly local: boolean;
}

export async function readServerConnection(client: Pick<pg.Client, "query">): Promise<ServerConnection> {
  const { rows } = await client.query<ServerConnection>(
    `select pid, coalesce(ssl, false) as ssl, version,
       coalesce(inet_client_addr() <<= any ('{127.0.0.0/8,::1/128}'), true) as local
     from (select pg_backend_pid() as pid) own left join pg_stat_ssl using (pid)`,
  );
  return rows[0] as ServerConnection;
}
