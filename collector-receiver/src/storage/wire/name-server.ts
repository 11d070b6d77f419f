/**
 * The server that a connection string names, as `host:port`; "" if it names none. Never shows user or password.
 */
export function nameServer(connectionString: string | undefined): string {
  if (connectionString === undefined || !URL.canParse(connectionString)) return "";
  return new URL(connectionString).host;
}
