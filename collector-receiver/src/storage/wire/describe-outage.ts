import { sqlStateOf } from "./database-errors.ts";
import { DeadlineError } from "./with-deadline.ts";

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

/** Why PostgreSQL cannot be used now, as one clause for the log. */
export function describeOutage(error: unknown): string {
  const named = reasonOfState.get(sqlStateOf(error) ?? "");
  if (named !== undefined) return `PostgreSQL says that ${named}`;
  if (error instanceof DeadlineError) return error.message;
  return `PostgreSQL cannot be reached (${messageOf(error)})`;
}

/** If several addresses fail, Node's error has no message. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || String((error as NodeJS.ErrnoException).code);
}
