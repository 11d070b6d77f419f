import { instantOf } from "../../storage/wire/instant-of.ts";
import type { Pool } from "pg";
import { invalidKey } from "../../mapping/invalid-values.ts";
import { readOwnWords } from "./read-custom-definitions.ts";
import { isDoubtful, measuredTimes, qualityEventColumns } from "./read-quality-events.ts";
import type { QualityEventRow } from "./read-quality-events.ts";
import type { QualityRow } from "./read-quality.ts";

/** An event behind an entry of the ledger, without anything that may be what somebody wrote. */
export interface QualityExample {
  readonly event_id: string;
  readonly session_id: string | null;
  readonly occurred_at: string;
  /** The value that was left out, or that is contradicted, if it is a number. */
  readonly value: number | null;
  /** What contradicts it, in the unit of the attribute; null if nothing does. */
  readonly against: number | null;
}

/**
 * The examples of entries that are still stored and still have the entry: an erasure, retention or a test mark may have come
 * between.
 * @returns by entry: an event may be an example of several
 */
export async function readQualityExamples(
  pool: Pick<Pool, "query">,
  tenantId: string,
  entries: readonly QualityRow[],
): Promise<ReadonlyMap<QualityRow, QualityExample[]>> {
  const withEvents = entries.filter(({ code }) => code !== "rejected");
  const places = new Set(withEvents.flatMap(({ examples }) => examples));
  const { rows } = await pool.query<QualityEventRow>({
    name: "stats-read-quality-examples",
    text: readExamplesSql,
    values: [tenantId, ...[0, 1].map((part) => [...places].map((place) => place.split("_")[part]))],
  });
  const words = await readOwnWords(pool, tenantId);
  const stored = new Map(rows.map((row) => [`${row.occurred_at_ms}_${row.event_id}`, row]));
  const examplesOf = (entry: QualityRow): QualityExample[] =>
    entry.examples.flatMap((example) => {
      const row = stored.get(example);
      if (row === undefined || !isDoubtful(tenantId, row, entry, words)) return [];
      const occurredAt = new Date(Number(row.occurred_at_ms)).toISOString();
      const { event_id: eventId, session_id: sessionId } = row;
      return [{ event_id: eventId, session_id: sessionId, occurred_at: occurredAt, ...valuesOf(row, entry) }];
    });
  return new Map(withEvents.map((entry) => [entry, examplesOf(entry)]));
}

/** What an event says, and what contradicts it. */
function valuesOf(
  { event_data: data, measured_ms: measuredMs }: Pick<QualityEventRow, "event_data" | "measured_ms">,
  { code, attribute }: Pick<QualityRow, "code" | "attribute">,
): Pick<QualityExample, "value" | "against"> {
  if (code !== "contradicting_durations") {
    const notes = data[invalidKey] as Readonly<Record<string, { value?: number }>> | undefined;
    return { value: notes?.[attribute]?.value ?? null, against: null };
  }
  const value = data[attribute] as number;
  const measured = Object.values(measuredTimes).find((time) => time.attribute === attribute);
  return {
    value,
    against: measured === undefined ? (data["response_time_ms"] as number) : Number(measuredMs) / measured.unitMs,
  };
}

const readExamplesSql = `
select found.*
from unnest($2::bigint[], $3::uuid[]) as example (example_ms, example_id)
cross join lateral (
  select ${qualityEventColumns}
  from analytics_events e
  where e.tenant_id = $1 and e.occurred_at = ${instantOf("example_ms")}
    and e.event_id = example_id
  -- Each by its key, however many there are.
  limit 1) as found
`;
