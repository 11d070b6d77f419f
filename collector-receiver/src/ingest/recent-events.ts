import type { BusinessEvent } from "../mapping/business-event.ts";

/** Of a generation: 1 MiB, at most half full. */
const places = 2 ** 18;
const mostEvents = places / 2;

/**
 * Which events this process committed not long ago, as a guess: a sender that missed an answer mostly comes again soon, and to the same
 * receiver. Only what is guessed to be a duplicate is looked for before COPY. A wrong guess costs a look-up, or a COPY
 * that fails; the primary key decides. The last 131,072 events are known, and up to as many before them.
 */
export class RecentEvents {
  /**
   * Marks of ids at the places that they give, or at the next free ones; 0 is free. The older generation is forgotten
   * when the newer one is half full.
   */
  #newer = new Int32Array(places);
  #older = new Int32Array(places);
  #count = 0;

  has(event: BusinessEvent): boolean {
    const mark = markOf(event);
    return holds(this.#newer, event, mark) || holds(this.#older, event, mark);
  }

  add(events: readonly BusinessEvent[]): void {
    for (const event of events) {
      const mark = markOf(event);
      const place = placeOf(this.#newer, event, mark);
      if (this.#newer[place] === mark) continue;
      this.#newer[place] = mark;
      if (++this.#count < mostEvents) continue;
      [this.#newer, this.#older] = [this.#older.fill(0), this.#newer];
      this.#count = 0;
    }
  }
}

/** Half of an id's random bytes; never 0, which marks a free place. */
function markOf({ rows, eventIdAt }: BusinessEvent): number {
  return rows.readInt32BE(eventIdAt + 8) || 1;
}

function holds(marks: Int32Array, event: BusinessEvent, mark: number): boolean {
  return marks[placeOf(marks, event, mark)] === mark;
}

/** Where the mark stands, or would. */
function placeOf(marks: Int32Array, { rows, eventIdAt }: BusinessEvent, mark: number): number {
  let place = rows.readInt32BE(eventIdAt + 12) & (places - 1);
  while (marks[place] !== 0 && marks[place] !== mark) place = (place + 1) & (places - 1);
  return place;
}
