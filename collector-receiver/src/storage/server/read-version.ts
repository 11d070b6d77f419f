import type pg from "pg";

export interface ServerVersion {
  /** 180004 for 18.4. */
  readonly number: number;
  readonly version: string;
  /** Who is connected. */
  readonly role: string;
}

export async function readServerVersion(client: Pick<pg.Client, "query">): Promise<ServerVersion> {
  const { rows } = await client.query<ServerVersion>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
       current_user as role`,
  );
  return rows[0] as ServerVersion;
}
