/** Takes away or replaces what its first argument names before it loads the SDK, as polyfills and tests do; then records. */
const globals = globalThis as unknown as Record<string, unknown>;
const broken = (): never => {
  throw new Error("broken on purpose");
};
const changes: Readonly<Record<string, () => void>> = {
  Buffer: () => delete globals["Buffer"],
  URL: () => delete globals["URL"],
  performance: () => delete globals["performance"],
  structuredClone: () => delete globals["structuredClone"],
  "all that jsdom lacks": () => {
    for (const name of ["TextEncoder", "TextDecoder", "BroadcastChannel", "MessageChannel", "setImmediate", "crypto"]) {
      delete globals[name];
    }
  },
  Atomics: () => delete globals["Atomics"],
  Promise: () => (globals["Promise"] = broken),
  "Number.isSafeInteger": () => (Number.isSafeInteger = broken),
  "a clock that throws": () => (Date.now = broken),
  "a clock of bigints": () => (Date.now = () => 5n as unknown as number),
  "a clock without a time": () => (Date.now = () => NaN),
  "a clock beyond all dates": () => (Date.now = () => 1e300),
};
changes[process.argv[2] ?? ""]!();

const { recordBusinessEvent, startBusinessEvents } = await import("@spanledger/sdk");
startBusinessEvents();
for (let i = 0; i < 3; i += 1) recordBusinessEvent("shop.sold", { i, binary: new Uint8Array([1, 2]) });
export {};
