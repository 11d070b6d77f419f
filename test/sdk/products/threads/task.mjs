/** A task of the pool: records some events in the thread that happens to run it. */
import { record, start } from "./sdk.mjs";

start();
export default async function task(count) {
  record(Math.abs(count));
  // Long enough for the pool to grow.
  await new Promise((resolve) => setTimeout(resolve, 20));
  if (count === -1) for (;;);
  if (count === -2) throw new Error("in the task on purpose");
  return count;
}
