import fc from "fast-check";
import { expect, test } from "vitest";
import { closeChunk, giveRowsBack, takeChunk } from "../../../collector-receiver/src/mapping/row-chunks.ts";

const smallBytes = 1000;

/** Events whose rows lie in a chunk. */
const eventsIn = (rows: Buffer, count: number) => Array.from({ length: count }, () => ({ rows }));

/** Takes every chunk that waits to be used again: 64 at most. */
function drain(): Set<Buffer> {
  return new Set(Array.from({ length: 65 }, () => takeChunk(smallBytes)));
}

test("a chunk is used again when writing to it has ended and all of its rows were given back, and not before", () => {
  drain();
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 10 }),
      fc.nat(),
      fc.boolean(),
      (requests, closedAfter, keepsOne) => {
        const chunk = takeChunk(smallBytes);
        const isFree = () => takeChunk(smallBytes) === chunk;
        const rows = requests.reduce((sum, count) => sum + count, 0) + 1;
        const steps = requests.map((count) => () => giveRowsBack(eventsIn(chunk, count)));
        if (!keepsOne) steps.push(() => giveRowsBack(eventsIn(chunk, 1)));
        steps.splice(closedAfter % (steps.length + 1), 0, () => closeChunk(chunk, rows));
        for (const step of steps.slice(0, -1)) {
          step();
          expect(isFree()).toBe(false);
        }
        steps.at(-1)?.();
        expect(isFree()).toBe(!keepsOne);
      },
    ),
    { numRuns: 50 },
  );
});

test("the rows of a chunk that is used again are counted from the start", () => {
  drain();
  const chunk = takeChunk(smallBytes);
  const isFree = () => takeChunk(smallBytes) === chunk;
  closeChunk(chunk, 3);
  giveRowsBack(eventsIn(chunk, 1));
  giveRowsBack(eventsIn(chunk, 2));
  expect(isFree()).toBe(true);
  closeChunk(chunk, 2);
  giveRowsBack(eventsIn(chunk, 1));
  expect(isFree()).toBe(false);
  giveRowsBack(eventsIn(chunk, 1));
  expect(isFree()).toBe(true);
});

test("at most 64 chunks wait to be used again", () => {
  drain();
  const chunks = Array.from({ length: 70 }, () => takeChunk(smallBytes));
  for (const chunk of chunks) {
    closeChunk(chunk, 1);
    giveRowsBack(eventsIn(chunk, 1));
  }
  const taken = new Set(chunks.map(() => takeChunk(smallBytes)));
  expect(chunks.filter((chunk) => taken.has(chunk)).length).toBe(64);
});

test("the rows of a request may lie in several chunks", () => {
  drain();
  const [first, second] = [takeChunk(smallBytes), takeChunk(smallBytes)];
  closeChunk(first, 2);
  closeChunk(second, 3);
  giveRowsBack([...eventsIn(first, 2), ...eventsIn(second, 2)]);
  const free = drain();
  expect([free.has(first), free.has(second)]).toEqual([true, false]);
});

test("memory for a large event is its own", () => {
  const large = takeChunk(1_000_000);
  expect(large.length).toBe(1_000_000);
  closeChunk(large, 1);
  giveRowsBack(eventsIn(large, 1));
  expect(takeChunk(1_000_000) === large).toBe(false);
  expect(drain().has(large)).toBe(false);
});
