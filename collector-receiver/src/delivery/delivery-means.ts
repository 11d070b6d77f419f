import type { Attachment, Message } from "./message.ts";

/** What sending needs beside target and message. */
export interface DeliveryMeans {
  /** Where secrets are: `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970: signatures carry the time. `Date.now` unless given. */
  readonly now?: () => number;
  /** How long a target may take in all, in ms. 15 s unless given. */
  readonly timeoutMs?: number;
  /** Reads the files of a message; none unless given. */
  readonly attachmentsOf?: (message: Message) => Promise<readonly Attachment[]>;
}

export const usualTimeoutMs = 15_000;
