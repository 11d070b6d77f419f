import { readDatabaseServers } from "../../config/database-servers.ts";

/**
 * The servers that a connection string names, as `host:port, host:port`; "" if it names none. Never shows user or password.
 */
export function nameServer(connectionString: string | undefined): string {
  if (connectionString === undefined) return "";
  try {
    return [...new Set(readDatabaseServers(connectionString).map(({ name }) => name))].join(", ");
  } catch {
    return "";
  }
}
