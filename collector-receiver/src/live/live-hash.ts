import { agentDailyFields, dailyFields } from "../stats/live-counters.ts";
import type { BusinessRow } from "../storage/counters/upsert-business-metrics.ts";
import { liveKeysOf } from "./live-keys.ts";

/** One hash as it should stand in Redis. */
export interface LiveHash {
  readonly key: string;
  readonly revision: number;
  /** Names and values by turns, as HSET takes them. */
  readonly fields: readonly string[];
}

/** Both hashes of a counter row of a day. */
export function hashesOf(row: BusinessRow): readonly [LiveHash, LiveHash] {
  const { daily, agentDaily } = liveKeysOf(row.tenant_id, row.period_value);
  const fieldsOf = (names: readonly string[]): string[] => names.flatMap((name) => [name, plainNumber(row[name] ?? 0)]);
  return [
    { key: daily, revision: row.revision, fields: fieldsOf(dailyFields) },
    { key: agentDaily, revision: row.revision, fields: fieldsOf(agentDailyFields) },
  ];
}

/** PostgreSQL keeps the scale of a numeric (`480.000000`); whoever reads the hash wants 480. */
function plainNumber(value: string | number): string {
  const text = String(value);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
