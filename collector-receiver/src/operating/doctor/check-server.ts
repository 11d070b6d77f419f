import type pg from "pg";
import type { Config } from "../../config/config.ts";
import { readServerConnection } from "../../storage/server/read-connection.ts";
import { readSessionKind } from "../../storage/server/read-session-kind.ts";
import { readServerVersion } from "../../storage/server/read-version.ts";
import { measureReplicaLag } from "../../storage/wire/replica-lag.ts";
import type { Result } from "./finding.ts";
import { isStatementMode, tryTransaction } from "../../storage/wire/statement-mode.ts";
import { endConnection, openWriterConnection } from "../../storage/wire/writer-connection.ts";

const oldestPostgres = 150_000;
const newestPostgres = 190_000;

export async function checkVersion(client: pg.Client): Promise<Result> {
  const { number, version, role } = await readServerVersion(client);
  const fits = number >= oldestPostgres && number < newestPostgres;
  return [fits ? "ok" : "failed", `version ${version}, role ${role}${fits ? "" : "; 15 to 18 are supported"}`];
}

/** A standby takes no writes, nor does a database or role whose transactions are read-only. */
export async function checkWritable(client: pg.Client): Promise<Result> {
  const { standby, readOnly } = await readSessionKind(client);
  if (standby) {
    const behind = `${Math.round((await measureReplicaLag(client)) / 1000)} s behind`;
    return [
      "failed",
      `this server is a standby, ${behind}: connect to the primary, or add target_session_attrs=read-write`,
    ];
  }
  if (readOnly) return ["failed", "default_transaction_read_only is on for this role or database: set it to off"];
  return ["ok", "a primary that takes writes"];
}

/** A pooler hands out process ids of its own, so that it can forward a cancel request. */
export async function checkPooler(client: pg.Client, config: Config): Promise<Result> {
  const { pid } = await readServerConnection(client);
  const { processID } = client as unknown as { readonly processID: number | null };
  if (processID === null || pid === processID) return ["ok", "none in between"];
  if (await refusesTransactions(config.databaseUrl)) {
    return [
      "failed",
      "one is in between, in statement mode, in which nothing can be committed: set its pool_mode to session",
    ];
  }
  if (config.migrationDatabaseUrl !== undefined) return ["ok", "one is in between; migrations go past it"];
  return [
    "warning",
    "one is in between: set MIGRATION_DATABASE_URL to the server itself, because migrations hold a lock of their session",
  ];
}

/** Asked on a connection of its own: a pooler in statement mode ends it. */
async function refusesTransactions(databaseUrl: string | undefined): Promise<boolean> {
  if (databaseUrl === undefined) return false;
  const client = await openWriterConnection(databaseUrl);
  try {
    return isStatementMode(await tryTransaction(client).catch((error: unknown) => error));
  } finally {
    await endConnection(client);
  }
}

export async function checkTls(client: pg.Client, config: Config): Promise<Result> {
  const { ssl, version, local } = await readServerConnection(client);
  if (ssl) return ["ok", `the connection is encrypted (${version})`];
  if (local || config.databaseUrl === undefined) return ["ok", "not encrypted, and does not leave this machine"];
  return [
    "warning",
    "the connection is not encrypted: add sslmode=verify-full to DATABASE_URL if the network is not yours alone",
  ];
}
