/** PostgreSQL did not answer in time; what became of the work is not known. The connection is closed. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}
