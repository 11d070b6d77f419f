/** What an error of PostgreSQL means for a batch (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
export type DatabaseErrorKind =
  | "duplicate"
  | "data"
  | "missing_partition"
  | "retry_transaction"
  | "unavailable"
  | "other";

const uniqueViolation = "23505";
/** "no partition of relation … found for row"; `analytics_events` has no check constraint of its own. */
const checkViolation = "23514";
const notNullViolation = "23502";
const serializationFailure = "40001";
const deadlockDetected = "40P01";
const lockNotAvailable = "55P03";
/** Index row or field over PostgreSQL's own limits. */
const programLimitExceeded = "54";
const dataException = "22";

/** Connection exceptions, resources (too many connections, disk full, out of memory), shutdown, I/O. */
const unavailableClasses = new Set(["08", "53", "57", "58"]);

/**
 * @param error anything that a transaction ended with; without an SQLSTATE it is a lost connection, or a
 *   mistake of our own
 */
export function classifyDatabaseError(error: unknown): DatabaseErrorKind {
  const code = sqlStateOf(error);
  if (code === undefined) {
    const ours = error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
    return ours ? "other" : "unavailable";
  }
  if (code === uniqueViolation) return "duplicate";
  if (code === checkViolation) return "missing_partition";
  if (code === serializationFailure || code === deadlockDetected) return "retry_transaction";
  if (code === lockNotAvailable || unavailableClasses.has(code.slice(0, 2))) return "unavailable";
  if (code === notNullViolation || code.startsWith(dataException) || code.startsWith(programLimitExceeded)) {
    return "data";
  }
  return "other";
}

/** The five characters of SQLSTATE, or undefined where the error did not come from PostgreSQL. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
