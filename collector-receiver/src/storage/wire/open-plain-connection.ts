import pg from "pg";
import { connectInOrder } from "./connect-in-order.ts";

const connectTimeoutMs = 5_000;

/**
 * Opens a connection as `pg` makes it, for migrations and questions of commands.
 * @throws whatever `pg` throws if no server can be reached
 */
export function openPlainConnection(connectionString: string): Promise<pg.Client> {
  return connectInOrder(connectionString, (url) => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs });
    // Without a listener a lost connection would end the process; whoever uses it sees the rejection.
    client.on("error", () => {});
    return client;
  });
}
