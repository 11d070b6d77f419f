import { countNoun } from "../metrics/count-noun.ts";
import { formatCount } from "../metrics/format-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { qualityKinds } from "../metrics/quality-codes.ts";
import type { QualityKind } from "../metrics/quality-codes.ts";
import { aiNotesOf } from "./ai-notes.ts";
import type { AiNoteCode } from "./ai-notes.ts";
import { neverReported } from "./never-reported.ts";
import type { ComparedMetric } from "./compared-metric.ts";
import type { PeriodMetrics } from "./period-metrics.ts";
import type { PeriodReading } from "./read-period.ts";
import { restatementsOf } from "./restatements.ts";

type NoteCode =
  | AiNoteCode
  | "cost_saved_is_estimate"
  | "filtered"
  | "counted_by_older_rules"
  | "handle_times_unknown"
  | "no_ai_answers"
  | "resolution_assumed"
  | "restated"
  | "reused_session_ids"
  | "waits_unknown"
  | QualityKind
  | keyof typeof neverReported;

/** What a reader has to know before quoting a figure. */
export interface DocumentNote {
  readonly code: NoteCode;
  readonly message: string;
  /** How many it is about, if it is about some: sessions; for a kind of data quality events; for a restatement figures. */
  readonly count?: number;
}

/** Restatements and calls of models bring their own sentences. */
type TextCode = Exclude<NoteCode, "restated" | AiNoteCode>;

const texts: Readonly<Record<TextCode, Readonly<Record<Locale, (count: string, of: string) => string>>>> = {
  counted_by_older_rules: {
    "zh-CN": (day) => `${day} 之前的数字在旧计数规则下已封存，不会重算；会话结果的划分未知。`,
    en: (day) =>
      `Figures before ${day} were sealed by older counting rules and are not counted again; how their conversations split into outcomes is not known.`,
  },
  filtered: {
    "zh-CN": (segment) =>
      `仅统计 ${segment} 的会话。独立客户、消息、查询、工单、坐席以及数据质量不按此维度记录，显示为“—”。`,
    en: (segment) =>
      `Only conversations with ${segment}. Distinct customers, messages, look-ups, tickets, agents and data quality are not kept by this dimension and show "—".`,
  },
  no_ai_answers: {
    "zh-CN": () =>
      "没有记录到 AI 的回答，因此 AI 解决数和节省的成本未知。请以 role 为 ai 的 session.message 记录回答。",
    en: () =>
      "No AI answers are recorded, so what the AI resolved and saved is unknown. Record answers as session.message with the role ai.",
  },
  waits_unknown: {
    "zh-CN": (known, of) => `${of} 次首次接管中有 ${known} 次的等待时长已知，平均首次响应只计这些。`,
    en: (known, of) =>
      `The wait of ${known} of ${of} first takeovers is known; the average first response rests on these.`,
  },
  handle_times_unknown: {
    "zh-CN": (known, of) => `${of} 次释放和转接中有 ${known} 次的处理时长已知，平均处理时长只计这些。`,
    en: (known, of) =>
      `The handle time of ${known} of ${of} releases and transfers is known; the average handle time rests on these.`,
  },
  cost_saved_is_estimate: {
    "zh-CN": () => "成本节省为估算：AI 解决的会话数乘以设定的单次人工成本。",
    en: () => "Cost saved is an estimate: sessions resolved by AI times the configured cost of a manual session.",
  },
  resolution_assumed: {
    "zh-CN": (count) => `AI 解决的会话中有 ${count} 个为推定：超时自动结束，或结束原因未予确认。`,
    en: (count) =>
      count === "1"
        ? "The resolution of 1 session is assumed, not confirmed: it ended by silence, or with a reason that does not say so."
        : `The resolution of ${count} sessions is assumed, not confirmed: they ended by silence, or with a reason that does not say so.`,
  },
  reused_session_ids: {
    "zh-CN": (count) =>
      `数据质量警告：${count} 个会话编号在结束或静默超时后被再次使用，会话数可能偏低。请检查产品是否把客户编号当作 session_id。`,
    en: (count) =>
      `Data-quality warning: ${countNoun(count, "session id")} started again after ${count === "1" ? "its" : "their"} end or the idle timeout, so sessions may be undercounted. Check whether the product uses customer ids as session_id.`,
  },
  ...neverReported,
  rejection: {
    "zh-CN": (count) => `${count} 个事件被拒绝，不在任何数字中。`,
    en: (count) =>
      `${countNoun(count, "event was", "events were")} rejected and ${count === "1" ? "is" : "are"} in no figure.`,
  },
  invalid_value: {
    "zh-CN": (count) => `${count} 个值无效，未计入；其事件照常计数。`,
    en: (count) =>
      count === "1"
        ? "1 value was invalid and is not counted; its event is."
        : `${count} values were invalid and are not counted; their events are.`,
  },
  contradiction: {
    "zh-CN": (count) => `${count} 个事件的数据自相矛盾或与其他事件矛盾。`,
    en: (count) =>
      `${countNoun(count, "event contradicts itself or another", "events contradict themselves or others")}.`,
  },
  unknown_word: {
    "zh-CN": (count) => `${count} 处使用了词表中没有的角色、状态、原因或渠道，其含义未知。`,
    en: (count) =>
      count === "1"
        ? "1 role, status, reason or channel is a word that no list knows; what it means is unknown."
        : `${count} roles, statuses, reasons or channels are words that no list knows; what they mean is unknown.`,
  },
  placeholder: {
    "zh-CN": (count) => `${count} 个事件的客户编号是占位符，不计为客户。`,
    en: (count) =>
      `${countNoun(count, "event names a placeholder as its customer", "events name a placeholder as their customer")}; it counts as nobody.`,
  },
  derived_id: {
    "zh-CN": (count) => `${count} 个事件没有编号，由内容推导；重试时内容若有变化会重复计数。`,
    en: (count) =>
      `${countNoun(count, "event")} came without an id, and one was derived; a retry that changes anything counts twice.`,
  },
};

/** The notes that `/data-quality` explains. */
export function isQualityNote({ code }: DocumentNote): boolean {
  return Object.hasOwn(qualityKinds, code);
}

export function notesOf(reading: PeriodReading, metrics: PeriodMetrics, locale: Locale): DocumentNote[] {
  const notes: DocumentNote[] = [];
  const valueOf = (key: string): number => (metrics.get(key) as ComparedMetric).value ?? 0;
  const noteAbout = (code: TextCode, key: string): void => {
    const count = valueOf(key);
    if (count > 0) {
      notes.push({ code, message: texts[code][locale](formatCount(count, locale), ""), count });
    }
  };
  const note = (code: TextCode, holds: boolean): void => {
    if (holds) notes.push({ code, message: texts[code][locale]("", "") });
  };
  const noteKnown = (code: TextCode, known: number, of: number): void => {
    if (known >= of) return;
    const message = texts[code][locale](formatCount(known, locale), formatCount(of, locale));
    notes.push({ code, message, count: of - known });
  };
  if (reading.segment !== null) {
    const { dimension, value } = reading.segment;
    notes.push({ code: "filtered", message: texts.filtered[locale](`${dimension} = ${value}`, "") });
  }
  for (const { message, figures } of restatementsOf(reading, locale)) {
    notes.push({ code: "restated", message, count: figures.length });
  }
  const { rulesSince } = reading.tenant;
  if (rulesSince !== null && reading.period.startDate < rulesSince) {
    notes.push({ code: "counted_by_older_rules", message: texts.counted_by_older_rules[locale](rulesSince, "") });
  }
  noteAbout("reused_session_ids", "reused_session_ids");
  note("chatbot_never_reported", !reading.tenant.chatbotReported);
  note("workbench_never_reported", !reading.tenant.workbenchReported);
  note("cost_saved_is_estimate", valueOf("estimated_cost_saved") > 0);
  noteAbout("resolution_assumed", "ai_resolved_assumed");
  note("no_ai_answers", reading.tenant.chatbotReported && !reading.tenant.aiAnswered && valueOf("total_sessions") > 0);
  noteKnown("waits_unknown", valueOf("first_waits_known"), valueOf("first_takeovers"));
  const handled = valueOf("sessions_released") + valueOf("sessions_transferred");
  if (valueOf("handles_known") < valueOf("sessions_released")) {
    noteKnown("handle_times_unknown", valueOf("handles_known"), handled);
  }
  notes.push(...aiNotesOf(reading, locale));
  for (const kind of Object.keys(qualityKinds) as QualityKind[]) {
    const count = reading.quality.get(kind) ?? 0;
    if (count > 0) notes.push({ code: kind, message: texts[kind][locale](formatCount(count, locale), ""), count });
  }
  return notes;
}
