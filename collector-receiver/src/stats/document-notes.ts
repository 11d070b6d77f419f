import { formatCount } from "../metrics/format-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { neverReported } from "./never-reported.ts";
import type { ComparedMetric, PeriodMetrics } from "./period-metrics.ts";
import type { PeriodReading } from "./read-period.ts";

type NoteCode = "cost_saved_is_estimate" | "resolution_assumed" | "reused_session_ids" | keyof typeof neverReported;

/** What a reader has to know before quoting a figure. */
export interface DocumentNote {
  readonly code: NoteCode;
  readonly message: string;
  /** How many sessions it is about, where it is about some. */
  readonly count?: number;
}

const texts: Readonly<Record<NoteCode, Readonly<Record<Locale, (count: string) => string>>>> = {
  cost_saved_is_estimate: {
    "zh-CN": () => "成本节省为估算：AI 解决的会话数乘以设定的单次人工成本。",
    en: () => "Cost saved is an estimate: sessions resolved by AI times the configured cost of a manual session.",
  },
  resolution_assumed: {
    "zh-CN": (count) => `AI 解决的会话中有 ${count} 个因静默而推定为已解决，未经客户确认。`,
    en: (count) =>
      `${count} of the sessions resolved by AI ended by silence: their resolution is assumed, not confirmed.`,
  },
  reused_session_ids: {
    "zh-CN": (count) =>
      `数据质量警告：${count} 个会话编号在结束或静默超时后被再次使用，会话数可能偏低。请检查产品是否把客户编号当作 session_id。`,
    en: (count) =>
      `Data-quality warning: ${count} session ids started again after their end or the idle timeout, so sessions may be undercounted. Check whether the product uses customer ids as session_id.`,
  },
  ...neverReported,
};

export function notesOf(reading: PeriodReading, metrics: PeriodMetrics, locale: Locale): DocumentNote[] {
  const notes: DocumentNote[] = [];
  const valueOf = (key: string): number => (metrics.get(key) as ComparedMetric).value ?? 0;
  const noteAbout = (code: NoteCode, key: string): void => {
    const count = valueOf(key);
    if (count > 0) {
      notes.push({ code, message: texts[code][locale](formatCount(count, locale)), count });
    }
  };
  const note = (code: NoteCode, holds: boolean): void => {
    if (holds) notes.push({ code, message: texts[code][locale]("") });
  };
  noteAbout("reused_session_ids", "reused_session_ids");
  note("chatbot_never_reported", !reading.tenant.chatbotReported);
  note("workbench_never_reported", !reading.tenant.workbenchReported);
  note("cost_saved_is_estimate", valueOf("estimated_cost_saved") > 0);
  noteAbout("resolution_assumed", "ai_resolved_idle");
  return notes;
}
