import { InvariantError } from "../invariant-error.ts";
import { aiCallDurations } from "./ai-calls.ts";
import { durationHistograms } from "./event-counters.ts";
import type { LocalText } from "../catalogue/local-text.ts";
import type { MetricDefinition, MetricDisplay, MetricGroup } from "./metric-definition.ts";

/** What a variant in working hours adds to the meaning of its histogram. */
const inWorkingHours: LocalText = {
  en: "Only the part that lies in the tenant's working hours counts (weekdays, holidays and days of their own, in the business timezone); the duration ended when the event occurred. Nothing is counted while the tenant has no working hours; changing them rebuilds what is not sealed.",
  zh: "只计落在租户工作时间内的部分（按业务时区的星期、节假日和单独设定的日期），时长以事件发生时刻为终点。未设工作时间时不计数；修改工作时间会重算未封存的周期。",
};

interface Described {
  readonly group: MetricGroup;
  readonly name: LocalText;
  readonly display: MetricDisplay;
}

const seconds: MetricDisplay = {
  style: "duration",
  unit: "second",
  digits: 1,
  keepZero: true,
  staysInUnit: true,
};

/** How each histogram of `event-counters.ts` is called and written. */
const described: Readonly<Record<string, Described>> = {
  response_time: {
    group: "ai_chatbot",
    name: { en: "Response time", zh: "响应时间" },
    display: seconds,
  },
  first_token: {
    group: "ai_chatbot",
    name: { en: "Time to first token", zh: "首字时间" },
    display: seconds,
  },
  order_query_time: {
    group: "ai_chatbot",
    name: { en: "Order query time", zh: "订单查询耗时" },
    display: seconds,
  },
  tracking_query_time: {
    group: "ai_chatbot",
    name: { en: "Tracking query time", zh: "物流查询耗时" },
    display: seconds,
  },
  ai_call_time: { group: "ai_calls", name: { en: "Call of a model", zh: "模型调用耗时" }, display: seconds },
  ai_first_token: {
    group: "ai_calls",
    name: { en: "Call of a model, time to first token", zh: "模型调用首字时间" },
    display: seconds,
  },
  first_response: {
    group: "agent_workbench",
    name: { en: "First response (wait until takeover)", zh: "首次响应（等待接管）" },
    display: { style: "duration", unit: "second", digits: 0 },
  },
  handle_time: {
    group: "agent_workbench",
    name: { en: "Handle time", zh: "处理时长" },
    display: { style: "duration", unit: "minute", digits: 1 },
  },
  resolution_time: {
    group: "tickets",
    name: { en: "Resolution time", zh: "解决时长" },
    display: { style: "duration", unit: "hour", digits: 1 },
  },
  first_response_business: {
    group: "agent_workbench",
    name: { en: "First response in working hours", zh: "工作时间内首次响应" },
    display: { style: "duration", unit: "second", digits: 0 },
  },
  handle_time_business: {
    group: "agent_workbench",
    name: { en: "Handle time in working hours", zh: "工作时间内处理时长" },
    display: { style: "duration", unit: "minute", digits: 1 },
  },
  resolution_time_business: {
    group: "tickets",
    name: { en: "Resolution time in working hours", zh: "工作时间内解决时长" },
    display: { style: "duration", unit: "hour", digits: 1 },
  },
};

/** What one histogram holds. */
interface Histogram {
  readonly metric: string;
  readonly of: LocalText;
  readonly isBusiness: boolean;
  readonly version: Pick<MetricDefinition, "definitionVersion" | "since">;
}

const first = { definitionVersion: 1, since: "0.1.0" } as const;
const second = { definitionVersion: 2, since: "0.3.0" } as const;

const ofEvents: readonly Histogram[] = durationHistograms.map(
  ({ metric, events, attribute, ofAi, inWorkingHours: business }) => ({
    metric,
    of: {
      en: `${attribute} of ${events.join(" and ")}${ofAi === true ? " of the AI" : ""}`,
      zh: `${ofAi === true ? "AI 的 " : ""}${events.join(" 和 ")} 的 ${attribute} `,
    },
    isBusiness: business === true,
    version: ofAi === true || events.length > 1 ? second : first,
  }),
);

const waits: LocalText = {
  en: "known waits until a session's first takeover (wait_duration_seconds)",
  zh: "会话首次接管的已知等待时长（wait_duration_seconds）",
};
const resolutions: LocalText = {
  en: "known times from creation to resolution of the tickets resolved (resolution_duration_hours of the resolving close)",
  zh: "已解决工单从创建到解决的已知时长（使其解决的关闭事件的 resolution_duration_hours）",
};
const ofTickets: readonly Histogram[] = ["resolution_time", "resolution_time_business"].map((metric) => ({
  metric,
  of: resolutions,
  isBusiness: metric.endsWith("_business"),
  version: second,
}));
const ofAiCalls: readonly Histogram[] = aiCallDurations.map(({ metric, attribute }) => ({
  metric,
  of: { en: `${attribute} of ai.call`, zh: `ai.call 的 ${attribute} ` },
  isBusiness: false,
  version: { definitionVersion: 1, since: "0.3.0" },
}));
const ofTakeovers: readonly Histogram[] = ["first_response", "first_response_business"].map((metric) => ({
  metric,
  of: waits,
  isBusiness: metric.endsWith("_business"),
  version: second,
}));

/** p50, p90 and p99 of every histogram that is kept: `response_time_p90_ms` and so on. */
export const quantileMetrics: readonly MetricDefinition[] = [...ofEvents, ...ofAiCalls, ...ofTakeovers, ...ofTickets]
  .toSorted((a, b) => placeOf(a) - placeOf(b))
  .flatMap(({ metric, of, isBusiness, version }) => {
    const description = described[metric];
    if (description === undefined) {
      throw new InvariantError(`histogram "${metric}" has no name: describe it in quantile-metrics.ts`);
    }
    return [50, 90, 99].map((percent): MetricDefinition => ({
      kind: "quantile",
      key: `${metric}_p${percent}_ms`,
      group: description.group,
      unit: "ms",
      histogram: metric,
      quantile: percent / 100,
      display: description.display,
      cohort: "event_time",
      name: { en: `${description.name.en}, p${percent}`, zh: `${description.name.zh} p${percent}` },
      meaning: {
        en: `${percent} % of the ${of.en} are at or below this value (nearest rank, at most 2 % off).`,
        zh: `${of.zh}中有 ${percent}% 不超过该值（最近秩，误差至多 2%）。`,
      },
      ...(isBusiness ? { edgeCases: inWorkingHours } : {}),
      ...version,
    }));
  });

function placeOf({ metric }: Histogram): number {
  return Object.keys(described).indexOf(metric);
}
