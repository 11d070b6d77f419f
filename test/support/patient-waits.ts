import { vi } from "vitest";

/** Ends what hangs. Vitest's own second is too short for a busy machine. */
const longestWaitMs = 60_000;

const { waitFor, waitUntil } = vi;

type WaitOptions = Parameters<typeof waitFor>[1];

const patient = (options: WaitOptions = {}): WaitOptions =>
  typeof options === "number" ? options : { timeout: longestWaitMs, ...options };

vi.waitFor = (callback, options) => waitFor(callback, patient(options));
vi.waitUntil = (callback, options) => waitUntil(callback, patient(options));
