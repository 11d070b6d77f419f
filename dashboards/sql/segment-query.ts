/** Conversations of one channel, as the variable `channel` names it: `*` is all that named one. */
import { asNumber, exactExpression, hasReported, knownExpression } from "./metric-expression.ts";
import type { CounterMetric } from "./metric-expression.ts";
import { quoteName, quoteText } from "./quote-sql.ts";
import { daysOfSpan, spanOfDays } from "./span-of-days.ts";

interface ChannelColumn {
  readonly metric: CounterMetric;
  readonly name: string;
}

/** Stands for every channel. */
export const allChannels = "*";

const ofChannel = (day: string): string => `counter.tenant_id = '$tenant' and counter.dimension = 'channel' and ${day}
  and ('$channel' = ${quoteText(allChannels)} or counter.value = '$channel')`;

/** Each metric as a column, over the rows of a group. */
function sumColumns(columns: readonly ChannelColumn[]): string {
  return columns
    .map(
      ({ metric, name }) => `${knownExpression(metric, (counter) => `sum(counter.${counter})`)} as ${quoteName(name)}`,
    )
    .join(",\n  ");
}

/** Options of the variable `channel`. @param all what stands for every channel */
export function channelVariableQuery(all: string): string {
  return `select ${quoteText(all)}::text as "__text", ${quoteText(allChannels)}::text as "__value"
union all
(select distinct value, value from analytics_segment_counters where tenant_id = '$tenant' and dimension = 'channel' order by 1)`;
}

/** One row: a metric of the chosen channel's conversations over the range. Null if the product has never reported. */
export function channelFigureQuery(metric: CounterMetric, name: string): string {
  return `with ${spanOfDays}
select case when ${hasReported(metric)} then ${asNumber(exactExpression(metric, (counter) => `sum(counter.${counter})`))} end as ${quoteName(name)}
from span
left join analytics_segment_counters counter on ${ofChannel("counter.day between first_day and last_day")}`;
}

/** Metrics of the chosen channel's conversations by day. */
export function channelSeriesQuery(columns: readonly ChannelColumn[]): string {
  return `with ${spanOfDays},
${daysOfSpan}
select days."time",
  ${sumColumns(columns)}
from days
left join analytics_segment_counters counter on ${ofChannel("counter.day = days.day")}
group by days."time"
order by 1`;
}

/** A row a channel, the largest first. */
export function channelTableQuery(channelName: string, columns: readonly ChannelColumn[]): string {
  return `with ${spanOfDays}
select counter.value::text as ${quoteName(channelName)},
  ${sumColumns(columns)}
from span
join analytics_segment_counters counter
  on counter.tenant_id = '$tenant' and counter.dimension = 'channel' and counter.day between first_day and last_day
group by counter.value
order by sum(counter.total_sessions) desc, 1`;
}
