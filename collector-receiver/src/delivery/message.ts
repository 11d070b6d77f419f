import type { Locale } from "../metrics/format-metric.ts";

/** What a message tells people. It is stored as JSON until it is sent, so all of it survives `JSON.parse`. */
export interface Message {
  readonly kind: "alert" | "report" | "sample";
  /** Of an alert; null for all others. */
  readonly state: "firing" | "resolved" | null;
  readonly tenantId: string;
  /** The name of the tenant; its id if it has none. */
  readonly tenantName: string;
  readonly locale: Locale;
  readonly title: string;
  /** Plain text, a paragraph each. */
  readonly sentences: readonly string[];
  /** Both as people read them: "AI resolution rate", "85.3%". */
  readonly figures: readonly { readonly label: string; readonly value: string }[];
  /** Where more is shown; null: nowhere. */
  readonly link: string | null;
  /** A UUID, the same however often the message is sent: receivers tell repetitions by it. */
  readonly key: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  /** Of a report. */
  readonly report?: MessageReport;
}

export interface MessageReport {
  /** The period in addresses and names of files: `2025-12`, `2025-W52`. */
  readonly period: string;
  /** The shared copy that holds the PDF: its `token_hash` in hex. */
  readonly share: string;
}

/** A file that goes with a message, to targets that take files. */
export interface Attachment {
  readonly name: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/**
 * How a delivery ended. `retry`: it may succeed later, or after somebody has mended the target or its settings.
 * `refused`: the target read this message and will never take it. A reason is an English sentence without secrets. `note`: it is
 * sent, and something is to be looked at, such as one of several recipients who was refused.
 */
export type DeliveryOutcome =
  | { readonly outcome: "sent"; readonly note?: string }
  | { readonly outcome: "retry"; readonly reason: string; readonly afterMs?: number }
  | { readonly outcome: "refused"; readonly reason: string };
