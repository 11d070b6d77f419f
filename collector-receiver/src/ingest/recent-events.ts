import type { BusinessEvent } from "../mapping/business-event.ts";

/** 1 MiB: a few seconds at the highest rate, which is when senders come again. */
const places = 2 ** 18;

/**
 * Which events this process committed not long ago, as a guess: a sender that missed an answer mostly comes again soon, and to the same
 * receiver. Only what is guessed to be a duplicate is looked for before COPY. A wrong guess costs a look-up, or a COPY
 * that fails; the primary key decides.
 */
export class RecentEvents {
  /** At a place that half of an id's random bytes give, the other half of the id that came there last. */
  readonly #marks = new Int32Array(places);

  has({ rows, eventIdAt }: BusinessEvent): boolean {
    return this.#marks[rows.readInt32BE(eventIdAt + 12) & (places - 1)] === rows.readInt32BE(eventIdAt + 8);
  }

  add(events: readonly BusinessEvent[]): void {
    for (const { rows, eventIdAt } of events) {
      this.#marks[rows.readInt32BE(eventIdAt + 12) & (places - 1)] = rows.readInt32BE(eventIdAt + 8);
    }
  }
}
