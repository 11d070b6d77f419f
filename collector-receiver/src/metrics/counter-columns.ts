import { eventCounters } from "./event-counters.ts";
import { sessionCounters } from "./session-contribution.ts";

/** Columns of a business row in the order of its `amounts`. */
export const businessColumns: readonly { readonly column: string; readonly decimals: number }[] = [
  ...eventCounters.map(({ column, decimals }) => ({ column, decimals })),
  ...sessionCounters,
];
/** Columns of an agent row in the order of its `amounts`. */
export const agentColumns: readonly { readonly column: string; readonly decimals: number }[] = eventCounters
  .filter((counter) => counter.byAgent)
  .map(({ column, decimals }) => ({ column, decimals }));
