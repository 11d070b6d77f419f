/** The SDK, or nothing in its place: the same program with it and without it. */
import { isMainThread } from "node:worker_threads";

// Threads get a copy of the environment.
if (isMainThread) process.env.USE_SDK = process.argv[3];
export const useSdk = process.env.USE_SDK === "with";
const sdk = useSdk ? await import("@spanledger/sdk") : null;

export function start(options = {}) {
  // Long: what arrives has been sent because something ended.
  sdk?.startBusinessEvents({ batchDelayMs: 60_000, ...options });
}

export function record(count, name = "shop.sold") {
  for (let i = 0; i < count; i += 1) sdk?.recordBusinessEvent(name, { i });
}

export const flush = async () => (await sdk?.flush()) ?? true;
export const shutdown = async () => (await sdk?.shutdown()) ?? true;
export const status = () => sdk?.businessEventsStatus();
