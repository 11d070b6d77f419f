import { isZero, unsigned } from "../metrics/compare-metric.ts";
import type { ComparedMetric } from "./compared-metric.ts";
import { comparedInStory, smallCount } from "./story-material.ts";
import type { StoryComparison, StoryMaterial } from "./story-material.ts";

/** The story in Chinese: opens 本月 for the current month, else names the month or the dates. */
export function tellInChinese(material: StoryMaterial): string {
  const { reading } = material;
  const opening = material.isCurrentMonth ? "本月" : material.periodName;
  if (reading.status === "empty") {
    const yet = reading.period.running ? "尚未" : "没有";
    return [`${opening}${yet}记录到业务事件。`, ...missing(material)].join("");
  }
  return [
    chatbotSentence(material, opening),
    ...workbenchSentences(material),
    ...comparison(material),
    ...outlook(material),
  ].join("");
}

function missing({ reading }: StoryMaterial): string[] {
  const { chatbotReported, workbenchReported } = reading.tenant;
  if (!chatbotReported && !workbenchReported) return ["AI 客服和坐席工作台都从未上报过数据。"];
  if (!chatbotReported) return ["AI 客服从未上报过数据。"];
  if (!workbenchReported) return ["坐席工作台从未上报过数据。"];
  return [];
}

function chatbotSentence(material: StoryMaterial, opening: string): string {
  const { reading, known, count } = material;
  if (!reading.tenant.chatbotReported) {
    return `${opening}没有 AI 客服的数据：该产品从未上报过。`;
  }
  const parts: string[] = [];
  const sessions = known("total_sessions");
  if (sessions === undefined || sessions.value === 0) {
    parts.push(`${opening} AI 客服没有新的会话`);
  } else {
    const customers = known("unique_customers");
    const withCustomers =
      customers === undefined || customers.value === 0 ? "" : `，涉及 ${customers.formatted} 位客户`;
    parts.push(`${opening} AI 客服共服务 ${sessions.formatted} 个会话${withCustomers}`);
    const rate = known("ai_resolution_rate");
    if (rate !== undefined) {
      const assumed = known("ai_resolved_assumed");
      const assumedText =
        assumed !== undefined && (assumed.value ?? 0) > 0 ? `（其中 ${assumed.formatted} 个为推定）` : "";
      const resolved = count(rate.numerator);
      parts.push(
        rate.low_sample
          ? `${sessions.formatted} 个会话中有 ${resolved} 个由 AI 独立解决${assumedText}`
          : `其中 ${resolved} 个会话由 AI 独立解决，解决率 ${rate.formatted}${endedText(rate)}${assumedText}`,
      );
    }
  }
  const response = known("avg_response_time_ms");
  if (response !== undefined) {
    parts.push(`平均响应时间 ${response.formatted}${samples(response, "条回复", count)}`);
  }
  const saved = known("estimated_cost_saved");
  if (saved !== undefined && (saved.value ?? 0) > 0) {
    parts.push(`估算节省人工成本 ${saved.formatted}`);
  }
  const queries = [
    share(known("order_query_success_rate"), "订单查询成功率", "次订单查询", "成功", count),
    share(known("tracking_query_success_rate"), "物流查询成功率", "次物流查询", "成功", count),
  ].filter((text) => text !== null);
  return `${parts.join("，")}。${queries.length === 0 ? "" : `${queries.join("，")}。`}${callsSentence(material)}`;
}

/** What calls of models cost; nothing without calls, or without any price. */
function callsSentence({ known }: StoryMaterial): string {
  const calls = known("ai_calls");
  const spend = known("ai_spend");
  if (calls === undefined || calls.value === 0 || spend === undefined) return "";
  // A space stands before "¥12", none before "至少".
  const amount = ({ formatted, bound }: ComparedMetric): string => (bound === undefined ? ` ${formatted}` : formatted);
  const net = known("net_saved");
  const left = net === undefined ? "" : `，扣除后估算净节省${amount(net)}`;
  return `模型调用 ${calls.formatted} 次，花费${amount(spend)}${left}。`;
}

function endedText({ ended }: ComparedMetric): string {
  return ended === undefined || ended.low_sample ? "" : `（在已有足够时间结束的会话中为 ${ended.formatted}）`;
}

function workbenchSentences(material: StoryMaterial): string[] {
  const { reading, known, count } = material;
  if (!reading.tenant.workbenchReported) return ["坐席工作台从未上报过数据，因此没有它的数字。"];
  const clauses: string[] = [];
  const handled = known("sessions_handled");
  if (handled !== undefined && (handled.value ?? 0) > 0) {
    const parts = [`坐席接管 ${handled.formatted} 个会话`];
    const first = known("avg_first_response_ms");
    if (first !== undefined) {
      parts.push(`平均首次响应（等待接管）${first.formatted}`);
    }
    const handle = known("avg_handle_time_sec");
    if (handle !== undefined) parts.push(`平均处理时长 ${handle.formatted}`);
    clauses.push(parts.join("，"));
  }
  const resolved = known("tickets_resolved");
  if (resolved !== undefined && (resolved.value ?? 0) > 0) {
    const parts = [`解决工单 ${resolved.formatted} 张`];
    const resolution = known("avg_resolution_hours");
    if (resolution !== undefined) parts.push(`平均解决时长 ${resolution.formatted}`);
    const sla = share(known("sla_met_rate"), "SLA 达标率", "张工单", "达成 SLA", count);
    if (sla !== null) parts.push(sla);
    clauses.push(parts.join("，"));
  }
  return [clauses.length === 0 ? "坐席没有接管会话，也没有解决工单。" : `${clauses.join("；")}。`];
}

/** A rate; under 30 as n of N. */
function share(
  rate: ComparedMetric | undefined,
  name: string,
  things: string,
  verb: string,
  count: (value: number | null) => string,
): string | null {
  if (rate === undefined) return null;
  return rate.low_sample
    ? `${count(rate.denominator)} ${things}中有 ${count(rate.numerator)} ${things.slice(0, 1)}${verb}`
    : `${name} ${rate.formatted}`;
}

function samples(average: ComparedMetric, things: string, count: (value: number | null) => string): string {
  return average.low_sample ? `（仅 ${count(average.denominator)} ${things}）` : "";
}

const compared: Readonly<Record<(typeof comparedInStory)[number], [string, string, string]>> = {
  total_sessions: ["会话数", "增加", "减少"],
  ai_resolution_rate: ["AI 解决率", "上升", "下降"],
  avg_response_time_ms: ["平均响应时间", "延长", "缩短"],
  sessions_handled: ["坐席接管会话数", "增加", "减少"],
  avg_first_response_ms: ["平均首次响应", "延长", "缩短"],
  tickets_resolved: ["解决工单数", "增加", "减少"],
  sla_met_rate: ["SLA 达标率", "上升", "下降"],
};

function comparison(material: StoryMaterial): string[] {
  const { comparison: days, isCurrentMonth } = material;
  if (days === null) return [];
  if (days.ownDays === 0)
    return [`${isCurrentMonth ? "本月" : "该周期"}还没有结束的一天，暂不与${days.otherName}比较。`];
  const same = days.mode === "year" ? "去年" : isCurrentMonth ? "上月" : "此前";
  const other = days.sameDays ? `${same}同期（${days.otherName}）` : days.otherName;
  if (days.nothingBefore) return [`${other}没有可比的数据。`];
  const told = comparedInStory.map((key) => changePhrase(material, days, key)).filter((phrase) => phrase !== null);
  if (told.length === 0) return [];
  const basis = [
    ...(days.sameDays ? ["今天不计"] : []),
    ...(days.ownDays === days.otherDays ? [] : [`数量按日均，${days.ownDays} 天对 ${days.otherDays} 天`]),
  ];
  return [`与${other}相比${basis.length === 0 ? "" : `（${basis.join("；")}）`}，${told.join("，")}。`];
}

function changePhrase(
  material: StoryMaterial,
  days: StoryComparison,
  key: (typeof comparedInStory)[number],
): string | null {
  const metric = material.known(key);
  if (metric?.change == null || metric.previous.value === null || metric.compared.low_sample) return null;
  const [name, up, down] = compared[key];
  if (metric.unit === "count" && metric.previous.value < smallCount) {
    const over = (count: number): string => (metric.by_day ? `（${count} 天）` : " ");
    const { previous, compared: now } = metric;
    return `${name}由 ${previous.formatted}${over(days.otherDays)}变为 ${`${now.formatted}${over(days.ownDays)}`.trimEnd()}`;
  }
  if (metric.previous.low_sample) return null;
  const amount = unsigned(metric.change.formatted);
  if (isZero(amount)) return `${name}持平`;
  const points = metric.change.unit === "percentage_points" ? " 个百分点" : "";
  return `${name}${metric.change.direction === "up" ? up : down} ${amount}${points}`;
}

function outlook(material: StoryMaterial): string[] {
  const { reading } = material;
  if (reading.status === "running") {
    const name = material.isCurrentMonth ? "本月" : "该周期";
    return [`${name}尚未结束，数据截至 ${material.asOf}。`];
  }
  return reading.status === "provisional" ? ["部分会话可能尚未结束，数字仍可能变化。"] : [];
}
