import fc from "fast-check";

/**
 * Gives every property the same cases in each run, so that a red run is the fault of the change under test.
 * `npm run test:hunt` looks for new cases: it draws a seed each time, which fast-check prints with a failure.
 */
const seed = process.env["SPANLEDGER_SEED"] ?? "20261130";
if (seed !== "random") fc.configureGlobal({ seed: Number(seed) });
