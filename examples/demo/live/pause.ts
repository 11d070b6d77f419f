import { setTimeout as wait } from "node:timers/promises";

/** Waits, but no longer than until closing time. */
export async function pause(milliseconds: number, closing: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal: closing }).catch(() => {});
}
