import type { WriterConnection } from "./writer-connection.ts";

/** Work that one receiver does for all. */
export type Duty = keyof typeof numberOf;

/** The first key of all duties' locks: the first four bytes of SHA-256("spanledger.duty"), signed. */
const dutyLocks = 415046136;

const numberOf = {
  sweep: 1,
  "resolution-days": 2,
  retention: 3,
  rules: 4,
  deliveries: 5,
  alerts: 6,
  reports: 7,
  "agent-days": 8,
} as const;

/**
 * Takes a duty until the open transaction ends, or says at once that another receiver has it. Leadership never outlives
 * a transaction, so a receiver whose host vanishes cannot keep it for longer than PostgreSQL keeps its connection.
 */
export async function tryLockDuty(client: WriterConnection, duty: Duty): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>({
    name: "try-lock-duty",
    text: `select pg_try_advisory_xact_lock(${dutyLocks}, $1::int) as taken`,
    values: [numberOf[duty]],
  });
  return rows[0]?.taken === true;
}
