import type { OutageTexts } from "../storage/wire/outage-log.ts";

/** Codes of refusals that mean that PostgreSQL is away. */
export const outageCodes: ReadonlySet<string> = new Set(["database_unavailable", "commit_outcome_unknown"]);

export const outageTexts: OutageTexts = {
  begins: (reason) => `batches cannot be committed: ${reason}; senders are told to try again, and nothing is lost`,
  ends: (seconds, refused) =>
    `batches are committed again after ${seconds} s; ${refused} requests were told to come again`,
};
