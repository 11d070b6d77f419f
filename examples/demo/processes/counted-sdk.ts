import { recordBusinessEvent as record } from "@spanledger/sdk";

export * from "@spanledger/sdk";

/** How often each event was recorded in this process, counted where the product calls. */
const recorded = new Map<string, number>();

/** The SDK's function, with a count beside it that the SDK knows nothing of. */
export const recordBusinessEvent = ((...call: [string, ...unknown[]]): void => {
  recorded.set(call[0], (recorded.get(call[0]) ?? 0) + 1);
  Reflect.apply(record, undefined, call);
}) as typeof record;

process.on("message", (message) => {
  if (message === "count-recorded-events") process.send?.({ recorded: Object.fromEntries(recorded) });
});
// Listening for messages would keep the process alive.
process.channel?.unref();
