import type { StoredCounter } from "../../metrics/counter-columns.ts";
import { fromScaledInteger } from "../../metrics/scale-decimal.ts";
import { adds, batchOf } from "../wire/batch-columns.ts";
import type { BatchColumn } from "../wire/batch-columns.ts";

/** The columns of counters whose scaled integers are a change's `amounts`: a counter only ever changes by addition. */
export function counterBatch<Change extends { readonly amounts: Float64Array }>(
  counters: readonly StoredCounter[],
): Record<string, BatchColumn<Change>> {
  return Object.fromEntries(
    counters.map(({ column, decimals }, place) => {
      const amountOf = ({ amounts }: Change): number => amounts[place] as number;
      return [
        column,
        decimals === 0
          ? batchOf.int8(amountOf, adds)
          : batchOf.numeric((change: Change) => fromScaledInteger(amountOf(change), decimals), adds),
      ];
    }),
  );
}
