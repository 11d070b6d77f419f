import { formatCount } from "../metrics/format-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { neverReported } from "./never-reported.ts";
import type { OperationsReading } from "./read-operations.ts";

type NoteCode = "durable_not_yet_known" | "durable_without_customer" | "no_working_hours" | keyof typeof neverReported;

/** What a reader has to know before quoting one of these figures. */
export interface OperationNote {
  readonly code: NoteCode;
  readonly message: string;
  /** How many resolutions it is about, if it is about some. */
  readonly count?: number;
}

const texts: Readonly<Record<NoteCode, Readonly<Record<Locale, (count: string) => string>>>> = {
  durable_not_yet_known: {
    "zh-CN": (count) => `${count} 个 AI 解决结束不足 7 天，客户是否再来访尚待观察，未计入 7 天内未再来访的 AI 解决率。`,
    en: (count) =>
      `${count} AI resolutions ended less than 7 days ago: whether they last is not yet known, and they are not in the durable rate.`,
  },
  durable_without_customer: {
    "zh-CN": (count) =>
      `${count} 个 AI 解决的会话没有 user_id，无从得知客户是否再来访，未计入 7 天内未再来访的 AI 解决率。`,
    en: (count) =>
      `${count} AI resolutions have no user_id: whether their customers returned cannot be known, and they are not in the durable rate.`,
  },
  no_working_hours: {
    "zh-CN": () => "该租户未设工作时间，工作时间内的时长没有数字。用 spanledger settings --working-hours 设置。",
    en: () =>
      "The tenant has no working hours, so durations in working hours have no numbers. Set them with spanledger settings --working-hours.",
  },
  ...neverReported,
};

export function operationNotes({ period, settings, current }: OperationsReading, locale: Locale): OperationNote[] {
  const notes: OperationNote[] = [];
  const note = (code: NoteCode, holds: boolean): void => {
    if (holds) notes.push({ code, message: texts[code][locale]("") });
  };
  const noteAbout = (code: NoteCode, value: string | null): void => {
    const count = Number(value ?? 0);
    if (count > 0) notes.push({ code, message: texts[code][locale](formatCount(count, locale)), count });
  };
  note("chatbot_never_reported", !period.tenant.chatbotReported);
  note("workbench_never_reported", !period.tenant.workbenchReported);
  noteAbout("durable_not_yet_known", current.ai_resolutions_pending);
  noteAbout("durable_without_customer", current.ai_resolutions_unattributed);
  note("no_working_hours", period.tenant.workbenchReported && settings.workingHours === null);
  return notes;
}
