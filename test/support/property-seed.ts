import fc from "fast-check";

/**
 * Gives every property the same cases in each run, so that a red run is the fault of the change under test.
 * `npm run test:hunt` looks for new cases: it draws a seed each time, which fast-check prints with a failure.
 *
 * A case that fails is not made smaller unless SPANLEDGER_SHRINK is set: on a database that takes longer than a test may, so that
 * the test ended without its case, and the next one met its leftovers.
 */
const seed = process.env["SPANLEDGER_SEED"] ?? "20261130";
const endOnFailure = process.env["SPANLEDGER_SHRINK"] === undefined;
fc.configureGlobal(seed === "random" ? { endOnFailure } : { seed: Number(seed), endOnFailure });
