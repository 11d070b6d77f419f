/** What a session may do. */
export interface SessionKind {
  readonly standby: boolean;
  /** True on a standby, and where a role or database has `default_transaction_read_only`. */
  readonly readOnly: boolean;
}

interface Client {
  query(text: string): Promise<{ readonly rows: readonly unknown[] }>;
}

export async function readSessionKind(client: Client): Promise<SessionKind> {
  const { rows } = await client.query(
    `select pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' as "readOnly"`,
  );
  return rows[0] as SessionKind;
}
