/** Taken at load, because a test of the product may stop the clock. `node:perf_hooks` would take 1 MB. */
const hrtime = process.hrtime.bind(process);

/** Time since some moment, in ms, whatever happens to the clock of the machine. */
export function readSteadyMs(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1000 + nanoseconds / 1_000_000;
}
