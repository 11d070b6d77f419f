/** Runs of a property on an older PostgreSQL: the embedded one is searched with all of them. */
const share = process.env["SPANLEDGER_OLDER_POSTGRES"] === undefined ? 1 : 1 / 4;
/** `npm run test:hunt` tries more cases. */
const times = Number(process.env["SPANLEDGER_RUNS"] ?? 1);

/** How often fast-check tries a property that works on a database. */
export function propertyRuns(runs: number): number {
  return Math.ceil(runs * share * times);
}
