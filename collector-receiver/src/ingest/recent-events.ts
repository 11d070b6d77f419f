import { randomInt } from "node:crypto";
import type { BusinessEvent } from "../mapping/business-event.ts";

/** Of a generation: 1 MiB, at most half full. */
const places = 2 ** 18;
const maxEvents = places / 2;
const placeShift = 32 - Math.log2(places);

/**
 * Which events this process committed not long ago, as a guess: a sender that missed an answer mostly comes again soon, and to the same
 * receiver. Only what is guessed to be a duplicate is looked for before COPY. A wrong guess costs a look-up, or a COPY
 * that fails; the primary key decides. The last 131,072 events are known, and up to as many before them.
 */
export class RecentEvents {
  /**
   * Fingerprints of ids at the places that ids and keys give, or at the next free ones; 0 is free. The older generation is forgotten
   * when the newer one is half full.
   */
  #newer = new Int32Array(places);
  #older = new Int32Array(places);
  #count = 0;

  has(event: BusinessEvent): boolean {
    const fingerprint = fingerprintOf(event);
    return holds(this.#newer, event, fingerprint) || holds(this.#older, event, fingerprint);
  }

  add(events: readonly BusinessEvent[]): void {
    for (const event of events) {
      const fingerprint = fingerprintOf(event);
      const place = placeOf(this.#newer, event, fingerprint);
      if (this.#newer[place] === fingerprint) continue;
      this.#newer[place] = fingerprint;
      if (++this.#count < maxEvents) continue;
      [this.#newer, this.#older] = [this.#older.fill(0), this.#newer];
      this.#count = 0;
    }
  }
}

/** Half of an id's random bytes; never 0, which is a free place. */
function fingerprintOf({ rows, eventIdAt }: BusinessEvent): number {
  return rows.readInt32BE(eventIdAt + 8) || 1;
}

function holds(fingerprints: Int32Array, event: BusinessEvent, fingerprint: number): boolean {
  return fingerprints[placeOf(fingerprints, event, fingerprint)] === fingerprint;
}

/**
 * Keys of this process, odd, so that no bit is lost. Senders choose the ids: without a key, 65,536 of them with one and the
 * same place took 2 s.
 */
const innerKey = randomInt(0x1_0000_0000) | 1;
const outerKey = randomInt(0x1_0000_0000) | 1;

/** Where the fingerprint stands, or would. */
function placeOf(fingerprints: Int32Array, { rows, eventIdAt }: BusinessEvent, fingerprint: number): number {
  const mixed = Math.imul(fingerprint, innerKey);
  let place = Math.imul(rows.readInt32BE(eventIdAt + 12) ^ mixed ^ (mixed >>> 15), outerKey) >>> placeShift;
  while (fingerprints[place] !== 0 && fingerprints[place] !== fingerprint) place = (place + 1) & (places - 1);
  return place;
}
