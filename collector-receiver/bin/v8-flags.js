/**
 * What V8 is told in every process of the receiver and of its commands. Measured in docs/performance.md.
 *
 * The inlining budget: reading an event is some forty small functions. V8 inlines at most 920 bytecodes of them into one function
 * by default; with 4,000, an event in dense protobuf takes 810 ns instead of 955.
 */
export const v8Flags = [
  "--max-semi-space-size=24",
  "--heap-growing-percent=80",
  "--max-inlined-bytecode-size-cumulative=4000",
];

/**
 * What the clone's processes are told besides, as they run the TypeScript sources. Node strips the types with WebAssembly, in each
 * thread anew; V8 13.6 (Node 24) keeps the wrappers of its imports for all threads, and now and then crashes the process when one is
 * tiered up after a thread has ended (`Check failed: jit_page.has_value()`). With this budget none is. The packages use no WebAssembly.
 */
export const cloneFlags = ["--conditions=spanledger-source", "--wasm-wrapper-tiering-budget=2147483647"];
