import { MissingSecretError } from "./read-secret.ts";
import { PrivateAddressError } from "./refuse-private-address.ts";

/** Why nothing was sent, in a sentence. An address may be a secret, so only errors that name at most a host are quoted. */
export function describeSendFailure(error: unknown): string {
  if (ownErrors.some((own) => error instanceof own)) return (error as Error).message;
  // If a name has several addresses, each has failed.
  const causes = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  return `The target cannot be reached: ${[...new Set(causes.map(describeOne))].join("; ")}.`;
}

function describeOne(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const { code } = error as NodeJS.ErrnoException;
  // Errors of the network have a code: "connect ECONNREFUSED 203.0.113.9:443".
  return code === undefined ? error.name : error.message;
}

/** The target took too long. */
export class SendTimeoutError extends Error {
  override readonly name = "SendTimeoutError";
  constructor(timeoutMs: number, cause?: unknown) {
    super(`The target did not answer within ${timeoutMs / 1000} s.`, { cause });
  }
}

const ownErrors = [MissingSecretError, PrivateAddressError, SendTimeoutError];
