import pg from "pg";
import { connectInOrder } from "./connect-in-order.ts";

const connectTimeoutMs = 5_000;

/**
 * Opens a connection as `pg` makes it, for migrations and questions of commands.
 * @param maxAnswerMs how long a statement may take; undefined: as long as it wants
 * @throws whatever `pg` throws if no server can be reached
 */
export function openPlainConnection(connectionString: string, maxAnswerMs?: number): Promise<pg.Client> {
  return connectInOrder(connectionString, (url) => {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: connectTimeoutMs,
      ...(maxAnswerMs === undefined ? {} : { query_timeout: maxAnswerMs }),
    });
    // Without a listener a lost connection would end the process; whoever uses it sees the rejection.
    client.on("error", () => {});
    return client;
  });
}
