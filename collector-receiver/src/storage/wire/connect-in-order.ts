import { classifyDatabaseError, sqlStateOf } from "./database-errors.ts";
import { readSessionKind } from "../server/read-session-kind.ts";
import { readDatabaseServers } from "../../config/database-servers.ts";
import type { DatabaseServer } from "../../config/database-servers.ts";

/** What is needed of a connection that `pg` makes. */
interface Connection {
  connect(): Promise<unknown>;
  query(text: string): Promise<{ readonly rows: readonly unknown[] }>;
  end(): Promise<void>;
}

/** A server is not of the kind that was asked for. It passes for one that is read-only. */
export class NoSuchServerError extends Error {
  override readonly name = "NoSuchServerError";
  /** SQLSTATE read_only_sql_transaction. */
  readonly code = "25006";
}

/**
 * Connects to the first server of a connection string that takes a connection and is of the kind that
 * `target_session_attrs` names.
 * @param create makes a client for a connection string with one host
 * @throws the error of the first server; at once if one answers but does not let us in
 */
export async function connectInOrder<Client extends Connection>(
  connectionString: string,
  create: (url: string) => Client,
): Promise<Client> {
  const servers = readDatabaseServers(connectionString);
  let first: unknown;
  for (const [place, server] of servers.entries()) {
    const client = create(server.url);
    try {
      await client.connect();
      await checkSession(client, server);
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if (!mayTryNext(error, servers[place + 1])) throw error;
      // That a server is of the wrong kind says more than that another one is away.
      if (first === undefined || error instanceof NoSuchServerError) first = error;
    }
  }
  throw first;
}

/** True if another server, or the same one with other TLS, may do what this one did not. */
export function mayTryNext(error: unknown, next: DatabaseServer | undefined): boolean {
  if (classifyDatabaseError(error) === "unavailable") return true;
  if (next?.isOtherTls !== true) return false;
  const lacksTls = error instanceof Error && error.message === "The server does not support SSL connections";
  // invalid_authorization_specification: pg_hba.conf has no line for a connection without TLS.
  return lacksTls || sqlStateOf(error) === "28000";
}

/** @throws NoSuchServerError if the session is not what was asked for */
export async function checkSession(
  client: Pick<Connection, "query">,
  { name, attributes }: Pick<DatabaseServer, "name" | "attributes">,
): Promise<void> {
  if (attributes === "any") return;
  const { standby, readOnly } = await readSessionKind(client);
  const fits = { "read-write": !readOnly, "read-only": readOnly, primary: !standby, standby }[attributes];
  if (fits) return;
  const kind = standby ? "a standby" : readOnly ? "read-only" : "a primary that takes writes";
  throw new NoSuchServerError(`${name} is ${kind}, and target_session_attrs=${attributes} asks for another server`);
}
