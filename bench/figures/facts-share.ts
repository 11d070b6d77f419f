import type { Run } from "../measure-run.ts";
import { makeFigure } from "../summarise.ts";
import type { Figure } from "../summarise.ts";

/** What session facts, counters and deduplication take of PostgreSQL's CPU: all that a bare COPY does not use. */
export function measureFactsShare(ours: readonly Run[], copy: readonly Run[]): Figure[] {
  const shares = ours.flatMap((run, i) => {
    const bare = copy[i]?.postgresCpu;
    return bare === undefined ? [] : [1 - bare / run.postgresCpu];
  });
  if (shares.length === 0) return [];
  const title = "share of session facts and counters in PostgreSQL's CPU per event";
  return [makeFigure({ id: "facts-share", title, goal: 0.25, unit: "of 1", atMost: true }, shares, shares)];
}
