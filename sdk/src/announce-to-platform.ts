import type { ResolvedConfig } from "./resolve-config.ts";
import { showNotice } from "./diagnose.ts";
import { describeThrown } from "./recording/encode-any-value.ts";

/** A platform waits no longer than this for what was recorded, in ms. */
const announcedWaitMs = 10_000;

interface Waiting {
  flush(timeoutMs: number): Promise<boolean>;
  status(): { readonly pending: number };
}

/**
 * Gives a serverless platform a promise to wait for, once for all events until it is kept.
 * @returns what is called behind each event; null if the product names no `waitUntil`
 */
export function announceToPlatform(pipeline: Waiting, waitUntil: ResolvedConfig["waitUntil"]): (() => void) | null {
  if (waitUntil === null) return null;
  let announced = false;
  return () => {
    if (announced) return;
    announced = true;
    const sent = Promise.resolve()
      .then(() => pipeline.flush(announcedWaitMs))
      .then(async (complete) => {
        // What was recorded meanwhile belongs to the same promise.
        while (complete && pipeline.status().pending > 0 && (await pipeline.flush(announcedWaitMs)));
      })
      .finally(() => {
        announced = false;
      });
    try {
      // What an async function makes of it must not end the process.
      Promise.resolve(waitUntil(sent)).catch(() => undefined);
    } catch (error) {
      const message = `waitUntil threw ${describeThrown(error)}`;
      showNotice({ level: "error", key: message, message, loud: true });
    }
  };
}
