import type { Pool } from "pg";
import { invalidKey } from "../../mapping/invalid-values.ts";
import { readOwnWords } from "./read-custom-definitions.ts";
import { isDoubtful, qualityEventColumns } from "./read-quality-events.ts";
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
 * @returns by the text under which the ledger names them
 */
export async function readQualityExamples(
  pool: Pick<Pool, "query">,
  tenantId: string,
  entries: readonly QualityRow[],
): Promise<ReadonlyMap<string, QualityExample>> {
  const named = entries.flatMap((entry) =>
    entry.code === "rejected" ? [] : entry.examples.map((example) => ({ entry, example })),
  );
  const places = new Map(named.map(({ example }) => [example, example.split("_")]));
  const { rows } = await pool.query<QualityEventRow>({
    name: "stats-read-quality-examples",
    text: readExamplesSql,
    values: [tenantId, [...places.values()].map(([ms]) => ms), [...places.values()].map(([, id]) => id)],
  });
  const words = await readOwnWords(pool, tenantId);
  const stored = new Map(rows.map((row) => [`${row.occurred_at_ms}_${row.event_id}`, row]));
  return new Map(
    named.flatMap(({ entry, example }) => {
      const row = stored.get(example);
      if (row === undefined || !isDoubtful(tenantId, row, entry, words)) return [];
      return [
        [
          example,
          {
            event_id: row.event_id,
            session_id: row.session_id,
            occurred_at: new Date(Number(row.occurred_at_ms)).toISOString(),
            ...valuesOf(row, entry),
          },
        ] as const,
      ];
    }),
  );
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
  const ofAnswer = measuredMs === null;
  return { value, against: ofAnswer ? (data["response_time_ms"] as number) : Number(measuredMs) / hourMs };
}

const hourMs = 3_600_000;

const readExamplesSql = `
select found.*
from unnest($2::bigint[], $3::uuid[]) as example (example_ms, example_id)
cross join lateral (
  select ${qualityEventColumns}
  from analytics_events e
  where e.tenant_id = $1 and e.occurred_at = timestamptz 'epoch' + example_ms * interval '1 millisecond'
    and e.event_id = example_id
  -- Each by its key, however many there are.
  limit 1) as found
`;
