import type { Pool } from "pg";
import type { DayRange } from "../report-period.ts";

export interface AttributeCount {
  readonly value: string;
  readonly events: number;
}

/** How often each value of an attribute came with an event in a range of days; the most frequent first. */
export async function readAttributeCounts(
  pool: Pick<Pool, "query">,
  tenantId: string,
  eventName: string,
  attribute: string,
  days: DayRange,
): Promise<AttributeCount[]> {
  const { rows } = await pool.query<{ value: string; events: string }>({
    name: "web-read-attribute-counts",
    text: readAttributeCountsSql,
    values: [tenantId, eventName, attribute, days.startDate, days.endDate],
  });
  return rows.map(({ value, events }) => ({ value, events: Number(events) }));
}

const readAttributeCountsSql = `
select value, sum(events)::text as events
from analytics_attribute_counts
where tenant_id = $1 and event_name = $2 and attribute = $3 and day between $4::date and $5::date
group by value
having sum(events) > 0
order by sum(events) desc, value
`;
