import { DeadlineError } from "./deadline-error.ts";
import { destroyConnection } from "./writer-connection.ts";
import type { WriterConnection } from "./writer-connection.ts";

/**
 * Runs work on a connection, and closes the connection if it takes too long: a host that vanished without a word would
 * keep it waiting for the quarter of an hour that TCP tries again. What waits for an answer then fails at once.
 * @throws DeadlineError after `ms`; otherwise what the work throws
 */
export async function withDeadline<Result>(
  client: WriterConnection,
  ms: number,
  work: () => Promise<Result>,
): Promise<Result> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    destroyConnection(client);
  }, ms);
  try {
    return await work();
  } catch (error) {
    if (isLate) throw new DeadlineError(`PostgreSQL did not answer within ${ms / 1000} s`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
