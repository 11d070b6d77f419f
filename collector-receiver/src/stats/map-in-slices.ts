import { setImmediate } from "node:timers/promises";

/** For how long other requests may wait, in ms. */
const sliceMs = 5;

/** Maps a list that may be long, and lets other requests have their turn in between. */
export async function mapInSlices<Item, Result>(
  items: readonly Item[],
  map: (item: Item, index: number) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  let until = performance.now() + sliceMs;
  for (const [index, item] of items.entries()) {
    results.push(map(item, index));
    if (performance.now() < until) continue;
    await setImmediate();
    until = performance.now() + sliceMs;
  }
  return results;
}
