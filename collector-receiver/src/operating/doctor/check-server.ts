import type pg from "pg";
import type { Config } from "../../config/config.ts";
import type { Result } from "./finding.ts";

const oldestPostgres = 150_000;
const newestPostgres = 190_000;

export async function checkVersion(client: pg.Client): Promise<Result> {
  const { rows } = await client.query<{ number: number; version: string; role: string }>(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as version, current_user as role",
  );
  const { number, version, role } = rows[0] as (typeof rows)[number];
  const fits = number >= oldestPostgres && number < newestPostgres;
  return [fits ? "ok" : "failed", `version ${version}, role ${role}${fits ? "" : "; 15 to 18 are supported"}`];
}

/** A standby takes no writes, nor does a database or role whose transactions are read-only. */
export async function checkWritable(client: pg.Client): Promise<Result> {
  const { rows } = await client.query<{ standby: boolean; lag: number | null; readOnly: boolean }>(
    `select pg_is_in_recovery() as standby,
       extract(epoch from now() - pg_last_xact_replay_timestamp())::float8 as lag,
       current_setting('transaction_read_only') = 'on' as "readOnly"`,
  );
  const { standby, lag, readOnly } = rows[0] as (typeof rows)[number];
  if (standby) {
    const behind = lag === null ? "" : `, ${Math.round(lag)} s behind`;
    return [
      "failed",
      `this server is a standby${behind}: connect to the primary, or add target_session_attrs=read-write`,
    ];
  }
  if (readOnly) return ["failed", "default_transaction_read_only is on for this role or database: set it to off"];
  return ["ok", "a primary that takes writes"];
}

/** A pooler hands out process ids of its own, so that it can forward a cancel request. */
export async function checkPooler(client: pg.Client, config: Config): Promise<Result> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  const { processID } = client as unknown as { readonly processID: number | null };
  if (processID === null || rows[0]?.pid === processID) return ["ok", "none in between"];
  if (config.migrationDatabaseUrl !== undefined) return ["ok", "one is in between; migrations go past it"];
  return [
    "warning",
    "one is in between: set MIGRATION_DATABASE_URL to the server itself, because migrations hold a lock of their session",
  ];
}

export async function checkTls(client: pg.Client, config: Config): Promise<Result> {
  const { rows } = await client.query<{ ssl: boolean; version: string | null; local: boolean }>(
    `select coalesce(ssl, false) as ssl, version, coalesce(inet_client_addr() <<= any ('{127.0.0.0/8,::1/128}'), true) as local
     from (select pg_backend_pid() as pid) own left join pg_stat_ssl using (pid)`,
  );
  const { ssl, version, local } = rows[0] as (typeof rows)[number];
  if (ssl) return ["ok", `the connection is encrypted (${version})`];
  if (local || config.databaseUrl === undefined) return ["ok", "not encrypted, and does not leave this machine"];
  return [
    "warning",
    "the connection is not encrypted: add sslmode=verify-full to DATABASE_URL if the network is not yours alone",
  ];
}
