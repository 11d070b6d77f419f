import type pg from "pg";
import { readDatabaseIdentity } from "../../storage/server/read-database-identity.ts";
import { readSessionKind } from "../../storage/server/read-session-kind.ts";
import { openPlainConnection } from "../../storage/wire/open-plain-connection.ts";
import { measureReplicaLag } from "../../storage/wire/replica-lag.ts";
import type { Result } from "./finding.ts";

/** Says why the server of a connection string cannot be used. */
export type DescribeDatabaseError = (error: unknown, connectionString: string | undefined) => string;

/** Older figures are worth a warning; the receiver's log says so from here on, too. */
const maxLagSeconds = 60;
const maxAnswerMs = 5_000;

/** Where pages are read: reachable, a copy of the database that events go to, and not far behind. */
export function checkReader(client: pg.Client, url: string, describe: DescribeDatabaseError): Promise<Result> {
  return look(client, url, describe, "READ_DATABASE_URL", async (reader) => {
    const { standby } = await readSessionKind(reader);
    if (!standby) return ["ok", "pages are read from a primary"];
    return judgeLag(await measureReplicaLag(reader));
  });
}

/** Whether the figures that a standby gives are too old: `lagMs` is how far it is behind. */
export function judgeLag(lagMs: number): Result {
  const seconds = Math.round(lagMs / 1000);
  const text = `pages are read from a standby, ${seconds} s behind`;
  return seconds > maxLagSeconds ? ["warning", `${text}: their figures are as old`] : ["ok", text];
}

/** Where migrations go: reachable, the database that events go to, and writable. */
export function checkMigrationUrl(client: pg.Client, url: string, describe: DescribeDatabaseError): Promise<Result> {
  return look(client, url, describe, "MIGRATION_DATABASE_URL", async (other) => {
    const { readOnly } = await readSessionKind(other);
    if (readOnly) return ["failed", "MIGRATION_DATABASE_URL names a server that takes no writes: name the primary"];
    return ["ok", "migrations go to the same database"];
  });
}

async function look(
  client: pg.Client,
  url: string,
  describe: DescribeDatabaseError,
  variable: string,
  check: (other: pg.Client) => Promise<Result>,
): Promise<Result> {
  let other: pg.Client;
  try {
    other = await openPlainConnection(url, maxAnswerMs);
  } catch (error) {
    return ["failed", describe(error, url).replaceAll(/\bDATABASE_URL/g, variable)];
  }
  try {
    if ((await readDatabaseIdentity(other)) !== (await readDatabaseIdentity(client))) {
      return ["failed", `${variable} names another database than DATABASE_URL: name the same one, or a standby of it`];
    }
    return await check(other);
  } finally {
    await other.end().catch(() => {});
  }
}
