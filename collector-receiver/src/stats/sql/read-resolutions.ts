import type { Pool } from "pg";
import { resolutionTables } from "../../storage/facts/judge-resolutions.ts";
import { instantOf } from "../../storage/wire/instant-of.ts";
import type { InstantRange } from "../../metrics/calendar-ranges.ts";

/** What is known of whether AI resolutions last; the four add up to the resolutions, durable being part of judged. */
export interface Resolutions {
  readonly judged: number;
  readonly durable: number;
  /** Too young to be judged. */
  readonly pending: number;
  /** Without a customer. */
  readonly unattributed: number;
}

/** AI resolutions of the sessions that started in a range, judged up to the stored watermark: from the sessions. */
export async function readResolutions(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { fromMs, toMs }: InstantRange,
): Promise<Resolutions> {
  const { rows } = await pool.query<Resolutions>({
    name: "stats-read-resolutions",
    text: readResolutionsSql,
    values: [tenantId, fromMs, toMs],
  });
  return rows[0] as Resolutions;
}

const readResolutionsSql = `
with ${resolutionTables({ tenant: "$1", from: instantOf("$2"), to: instantOf("$3") })}
select count(*) filter (where is_judged)::int as judged,
  count(*) filter (where is_judged and is_durable)::int as durable,
  count(*) filter (where not is_judged)::int as pending,
  (select count(*)::int from cohort where is_resolved and user_id is null) as unattributed
from followed where is_resolved
`;
