import { unsigned } from "../metrics/compare-metric.ts";
import { agentsMaterial, leaksOf, tellableChange } from "./story-material.ts";
import type { Leak, StoryMaterial, SummaryMaterial } from "./story-material.ts";

/** The period in three sentences of Chinese. */
export function sumUpInChinese(material: SummaryMaterial): readonly [string, string, string] {
  return material.reading.status === "empty"
    ? [nothingHappened(material), whoReported(material), `${stateOf(material)}。`]
    : [ofChatbot(material), ofAgents(material), ofRest(material)];
}

const openingOf = ({ isCurrentMonth, periodName }: StoryMaterial): string => (isCurrentMonth ? "本月" : periodName);

function nothingHappened(material: StoryMaterial): string {
  return `${openingOf(material)}${material.reading.period.running ? "尚未" : "没有"}记录到业务事件。`;
}

function whoReported({ reading }: StoryMaterial): string {
  const { chatbotReported, workbenchReported } = reading.tenant;
  if (chatbotReported && workbenchReported) return "两个产品在其他时期都上报过数据。";
  if (chatbotReported) return "坐席工作台从未上报过数据。";
  return workbenchReported ? "AI 客服从未上报过数据。" : "AI 客服和坐席工作台都从未上报过数据。";
}

function ofChatbot(material: SummaryMaterial): string {
  const { reading, known, count } = material;
  const opening = openingOf(material);
  if (!reading.tenant.chatbotReported) return `${opening}没有 AI 客服的数据，该产品从未上报过。`;
  const sessions = known("total_sessions");
  if (sessions === undefined || sessions.value === 0) return `${opening}没有新的会话。`;
  const more = tellableChange(material, "total_sessions");
  const parts = [`${opening} AI 客服共接待 ${sessions.formatted} 个会话`];
  if (more !== null) {
    const direction = more.formatted.startsWith("+") ? "多" : "少";
    parts.push(`${sessions.by_day ? "日均" : ""}比${otherPeriod(material)}${direction} ${unsigned(more.formatted)}`);
  }
  const rate = known("ai_resolution_rate");
  if (rate !== undefined) {
    const better = tellableChange(material, "ai_resolution_rate");
    const points =
      better === null
        ? ""
        : `，${better.formatted.startsWith("+") ? "上升" : "下降"} ${unsigned(better.formatted)} 个百分点`;
    parts.push(
      rate.low_sample
        ? `其中 ${count(rate.numerator)} 个由 AI 独立解决${assumedText(known)}`
        : `其中 ${rate.formatted} 由 AI 独立解决${assumedText(known)}${points}`,
    );
  }
  return `${parts.join("，")}。`;
}

/** That some resolutions rest on silence. */
function assumedText(known: StoryMaterial["known"]): string {
  const assumed = known("ai_resolved_assumed");
  return assumed === undefined || assumed.value === 0 ? "" : `（${assumed.formatted} 个为推定）`;
}

function otherPeriod({ comparison, reading, isCurrentMonth }: StoryMaterial): string {
  if (comparison === null) return "此前";
  if (comparison.sameDays) return comparison.mode === "year" ? "去年同期" : isCurrentMonth ? "上月同期" : "此前同期";
  return reading.period.month !== null ? comparison.otherName : comparison.mode === "year" ? "去年同期" : "上一时期";
}

function ofAgents(material: SummaryMaterial): string {
  const { reading, count } = material;
  if (!reading.tenant.workbenchReported) return "坐席工作台从未上报过数据。";
  const { taken, resolved, wait, sla } = agentsMaterial(material);
  if (taken === null && resolved === null) return "坐席没有接管会话，也没有解决工单。";
  const takenText = taken
    ? `坐席接管 ${taken.formatted} 个会话${wait === undefined ? "" : `，客户平均等待 ${wait.formatted}`}`
    : "坐席没有接管会话";
  if (resolved === null) return `${takenText}；没有解决工单。`;
  const within =
    sla === undefined
      ? ""
      : sla.low_sample
        ? `，${count(sla.denominator)} 张中有 ${count(sla.numerator)} 张达成 SLA`
        : `，其中 ${sla.formatted} 达成 SLA`;
  return `${takenText}；解决工单 ${resolved.formatted} 张${within}。`;
}

const leakTexts: Readonly<Record<Leak, (count: string) => string>> = {
  outcome_escalated_untaken: (count) => `${count} 个会话要求转人工但无人接手`,
  outcome_unanswered: (count) => `${count} 个会话没有得到回答`,
  outcome_not_resolved: (count) => `${count} 个会话得到回答但未解决`,
};

function ofRest(material: SummaryMaterial): string {
  const { known, count, reading } = material;
  const lost = leaksOf(material).map(({ leak, count: sessions }) => leakTexts[leak](count(sessions)));
  const saved = known("estimated_cost_saved");
  const parts = [...lost, ...(saved === undefined || saved.value === 0 ? [] : [`估算节省人工成本 ${saved.formatted}`])];
  if (parts.length === 0) return `${stateOf(material)}。`;
  return `${parts.join("，")}${reading.status === "settled" ? "" : `；${stateOf(material)}`}。`;
}

function stateOf({ reading, isCurrentMonth, asOf }: StoryMaterial): string {
  if (reading.period.running) return `${isCurrentMonth ? "本月" : "该时期"}尚未结束，数据截至 ${asOf}`;
  return reading.status === "provisional" ? "部分会话可能尚未结束，数字仍可能变化" : "只有迟到的事件才会改变这些数字";
}
