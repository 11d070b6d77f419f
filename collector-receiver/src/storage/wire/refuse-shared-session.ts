import { setTimeout as sleep } from "node:timers/promises";
import { nameServer } from "./name-server.ts";

interface Client {
  query(text: string): Promise<{ readonly rows: readonly unknown[] }>;
}

/** Work that needs one session of PostgreSQL from its beginning to its end met a pooler that gives each transaction another one. */
export class SharedSessionError extends Error {
  override readonly name = "SharedSessionError";
  readonly code = "session_is_shared";
  constructor(work: string, connectionString: string, variable: string) {
    super(
      `A pooler at ${nameServer(connectionString)} gives each transaction another session of PostgreSQL, and ${work} holds locks or ` +
        `temporary tables of one session. Set ${variable} to PostgreSQL itself, or let the pooler hand out sessions.`,
    );
  }
}

const attempts = 3;
/** A pooler with one session of PostgreSQL lets a client wait while another has it. */
const maxAnswerMs = 2_000;

/**
 * True if a pooler gives the transactions of a connection different sessions: sessions that another connection holds and
 * lets go come to this one. Without a pooler, or with one that hands out sessions, a connection never changes its session.
 * @param client outside of any transaction
 * @param other a second connection by the same connection string, outside of any transaction too
 */
export async function isSessionShared(client: Client, other: Client): Promise<boolean> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    await other.query("begin");
    const before = sessionOf(client);
    const isAnswered = await Promise.race([before.then(() => true), sleep(maxAnswerMs, false)]);
    await other.query("rollback");
    if (!isAnswered || (await before) !== (await sessionOf(client))) return true;
  }
  return false;
}

async function sessionOf(client: Client): Promise<unknown> {
  const { rows } = await client.query("select pg_backend_pid() as pid");
  return (rows[0] as { readonly pid: unknown }).pid;
}
