/**
 * What V8 is told in every process of the receiver and of its commands: a young generation and a growth of the heap that hold the
 * receiver's memory at 290 MiB. Without them it takes 460 MiB, and 7 % less CPU (docs/performance.md).
 */
export const v8Flags = ["--max-semi-space-size=24", "--heap-growing-percent=80"];

/**
 * What the clone's processes are told besides, as they run the TypeScript sources. Node strips the types with WebAssembly, in each
 * thread anew; V8 13.6 (Node 24) keeps the wrappers of its imports for all threads, and now and then crashes the process when one is
 * tiered up after a thread has ended (`Check failed: jit_page.has_value()`). With this budget none is. The packages use no WebAssembly.
 */
export const cloneFlags = ["--conditions=spanledger-source", "--wasm-wrapper-tiering-budget=2147483647"];
