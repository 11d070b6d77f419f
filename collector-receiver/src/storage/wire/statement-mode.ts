/** What PgBouncer in statement mode answers to `begin`, with the SQLSTATE of any broken protocol. */
const refusal = "transaction blocks not allowed in statement pooling mode";

/** True if a pooler gives each statement another session of PostgreSQL, so that nothing can be committed through it. */
export function isStatementMode(error: unknown): boolean {
  return error instanceof Error && error.message.includes(refusal);
}

interface Client {
  query(text: string): Promise<unknown>;
}

/** Begins a transaction that does nothing. @throws what PostgreSQL, or a pooler in between, says against it */
export async function tryTransaction(client: Client): Promise<void> {
  await client.query("begin");
  await client.query("rollback");
}
