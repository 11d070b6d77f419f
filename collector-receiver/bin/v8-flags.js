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
