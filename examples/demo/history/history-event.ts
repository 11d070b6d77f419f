import type { AttributesOf, BusinessEventName } from "@spanledger/sdk";

export type Product = "ai-chatbot" | "agent-workbench";

/** One event of the sample history, ready for the wire. */
export interface HistoryEvent {
  readonly product: Product;
  readonly name: BusinessEventName;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Milliseconds since 1970-01-01 UTC, an integer. */
  readonly occurredAtMs: number;
  /** UUIDv7 made from the time and the place in the history: the same in every run. */
  readonly eventId: string;
}

/** Takes what happens on one day; the catalogue types what may be said of each event. */
export type Narrate = <N extends BusinessEventName>(name: N, occurredAtMs: number, attributes: AttributesOf<N>) => void;
