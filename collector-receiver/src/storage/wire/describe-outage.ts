import { sqlStateOf } from "./database-errors.ts";
import { DeadlineError } from "./deadline-error.ts";

/** What PostgreSQL lacks, by SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const reasonOfState: ReadonlyMap<string, string> = new Map([
  ["53100", "its disk is full"],
  ["53200", "it is out of memory"],
  ["53300", "all its connections are taken"],
  ["25006", "it is read-only: a standby, or a primary that hands over"],
  ["55P03", "a lock could not be had in time"],
  ["57P01", "it is shutting down"],
  ["57P02", "it crashed"],
  ["57P03", "it does not take connections yet"],
]);

/** States that no restart ends by itself. */
const lastingStates: ReadonlySet<string> = new Set(["53100", "53200", "53300", "25006"]);

/** True if PostgreSQL says that it lacks something which somebody has to give it. */
export function isLasting(error: unknown): boolean {
  return lastingStates.has(sqlStateOf(error) ?? "");
}

/** What PostgreSQL itself says that it lacks, as one clause that strangers may read; undefined if it did not say. */
export function nameOutage(error: unknown): string | undefined {
  const named = reasonOfState.get(sqlStateOf(error) ?? "");
  return named === undefined ? undefined : `PostgreSQL says that ${named}`;
}

/** Why PostgreSQL cannot be used now, as one clause for the log. */
export function describeOutage(error: unknown): string {
  const named = nameOutage(error);
  if (named !== undefined) return named;
  if (error instanceof DeadlineError) return error.message;
  return `PostgreSQL cannot be reached (${messageOf(error)})`;
}

/** If several addresses fail, Node's error has no message. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || String((error as NodeJS.ErrnoException).code);
}
