import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Events recorded so far in a product that runs with `count-recorded-events.ts`, by name. */
export async function readRecordedEvents(product: ChildProcess): Promise<Record<string, number>> {
  const answer = once(product, "message", { signal: AbortSignal.timeout(30_000) });
  product.send("count-recorded-events");
  const [message] = (await answer) as [{ recorded: Record<string, number> }];
  return message.recorded;
}
