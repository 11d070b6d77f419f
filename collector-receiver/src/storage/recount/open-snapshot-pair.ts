import { nameServer } from "../wire/name-server.ts";
import { applySettings } from "../wire/transaction-settings.ts";
import { openWriterConnection } from "../wire/writer-connection.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Two connections that see the database at the same instant. */
export interface SnapshotPair {
  readonly reader: WriterConnection;
  readonly writer: WriterConnection;
  /** Ends both transactions without a trace, temporary tables included, and begins anew in a new snapshot. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

/** A recount needs temporary tables, and a standby makes none. */
export class StandbyError extends Error {
  override readonly name = "StandbyError";
  readonly code = "database_is_standby";
  constructor(server: string) {
    super(
      `PostgreSQL at ${server} is a standby, and a recount needs temporary tables, which only a primary makes. ` +
        "Set DATABASE_URL to the primary, or name all hosts in it: postgresql://…@a:5432,b:5432/…",
    );
  }
}

/** @throws StandbyError if the connection is to a standby */
export async function refuseStandby(client: WriterConnection, connectionString: string): Promise<void> {
  const { rows } = await client.query<{ standby: boolean }>("select pg_is_in_recovery() as standby");
  if (rows[0]?.standby === true) throw new StandbyError(nameServer(connectionString));
}

/**
 * Opens two connections in repeatable-read transactions with one snapshot. Rows and counters are
 * committed together, so what they see is consistent while ingest goes on.
 * @param beforeSnapshot what the writer does outside of any transaction first; the snapshot is taken when it is done
 */
export async function openSnapshotPair(
  connectionString: string,
  beforeSnapshot: (writer: WriterConnection, reader: WriterConnection) => Promise<void> = async () => {},
): Promise<SnapshotPair> {
  const opening = [openWriterConnection(connectionString), openWriterConnection(connectionString)] as const;
  const [reader, writer] = await Promise.all(opening).catch(async (error: unknown) => {
    for (const opened of await Promise.allSettled(opening)) {
      if (opened.status === "fulfilled") await opened.value.end();
    }
    throw error;
  });
  const close = async (): Promise<void> => {
    await Promise.allSettled([reader.end(), writer.end()]);
  };
  const begin = async (): Promise<void> => {
    await reader.query("begin isolation level repeatable read, read only");
    await applySettings(reader, {});
    const { rows } = await reader.query<{ id: string }>("select pg_export_snapshot() as id");
    await writer.query("begin isolation level repeatable read");
    // The first statement of the transaction: settings come after it.
    await writer.query(`set transaction snapshot ${writer.escapeLiteral(rows[0]?.id ?? "")}`);
    await applySettings(writer, {});
  };
  const renew = async (): Promise<void> => {
    await Promise.all([reader.query("rollback"), writer.query("rollback")]);
    await begin();
  };
  try {
    await refuseStandby(writer, connectionString);
    await beforeSnapshot(writer, reader);
    await begin();
    return { reader, writer, renew, close };
  } catch (error) {
    await close();
    throw error;
  }
}
