import type { Locale } from "../../metrics/format-metric.ts";
import { shorten } from "../../stats/report-period.ts";

type Sentence = Readonly<Record<Locale, (given: string) => string>>;

const noSuchPlace: Sentence = {
  en: (given) => `"${given}" is not a place in this list: begin at its first page.`,
  "zh-CN": (given) => `“${given}”不是此列表中的位置，请从第一页开始。`,
};
const noMonth: Sentence = {
  en: (given) => `"${given}" is not a month: write it like 2025-12.`,
  "zh-CN": (given) => `“${given}”不是月份，请写成 2025-12 的形式。`,
};

const noPeriod: Sentence = {
  en: (given) => `"${given}" is not a period: write it like 2025-12-25, 2025-W52, 2025-12, 2025-Q4 or 2025.`,
  "zh-CN": (given) => `“${given}”不是统计周期，请写成 2025-12-25、2025-W52、2025-12、2025-Q4 或 2025 的形式。`,
};
const noDay: Sentence = {
  en: (given) =>
    `"${given}" is not a day, or the first day lies after the last: write them like 2025-12-01 and 2025-12-10.`,
  "zh-CN": (given) => `“${given}”不是日期，或起始日晚于结束日，请写成 2025-12-01 和 2025-12-10 的形式。`,
};

const noAgent: Sentence = {
  en: (given) => `"${given}" is not the number of an agent.`,
  "zh-CN": (given) => `“${given}”不是坐席编号。`,
};

/** What a reader is told, by the code of an error and the parameter that it is about. */
const sentences: Readonly<Record<string, Sentence>> = {
  "invalid_parameter month": noMonth,
  "invalid_parameter period": noPeriod,
  "invalid_parameter start_date": noDay,
  "invalid_parameter end_date": noDay,
  "mixed_parameters start_date": noDay,
  "mixed_parameters end_date": noDay,
  "invalid_parameter after": noSuchPlace,
  "invalid_parameter of": {
    en: (given) => `There is no list "${given}": begin at the report.`,
    "zh-CN": (given) => `没有名为“${given}”的列表，请从报告进入。`,
  },
  "invalid_parameter agent": noAgent,
  "mixed_parameters agent": {
    en: () => "The events of this list belong to no agent.",
    "zh-CN": () => "此列表中的事件不属于任何坐席。",
  },
  "agent_not_found agent_id": noAgent,
  "session_not_found session_id": {
    en: (given) => `There is no session "${given}", or its events are gone by retention.`,
    "zh-CN": (given) => `没有会话“${given}”，或其事件已按保留期清除。`,
  },
  "ticket_not_found ticket_id": {
    en: (given) => `There is no ticket ${given}, or its events are gone by retention.`,
    "zh-CN": (given) => `没有工单 ${given}，或其事件已按保留期清除。`,
  },
  "file_not_found file": {
    en: (given) => `This copy has no file "${given}".`,
    "zh-CN": (given) => `此副本没有文件“${given}”。`,
  },
  picture_not_found: {
    en: () => "There is no such picture: this chart does not exist, or this month has nothing to draw.",
    "zh-CN": () => "没有这张图：图表不存在，或本月没有可画的数据。",
  },
  // One answer for wrong, expired and revoked: it tells nobody which links there were.
  share_not_found: {
    en: () => "This link does not work: it is wrong, has expired or was revoked. Ask whoever sent it for a new one.",
    "zh-CN": () => "此链接无效：地址有误、已过期或已被撤销。请向发送者索取新的链接。",
  },
  not_found: {
    en: () => "There is no page at this address.",
    "zh-CN": () => "此地址没有页面。",
  },
  unauthenticated: {
    en: () => "Any user name, and a token of READ_TOKENS as the password.",
    "zh-CN": () => "用户名任意，密码为 READ_TOKENS 中的令牌。",
  },
  too_many_failures: {
    en: () => "Too many wrong tokens or links came from your address: wait a minute.",
    "zh-CN": () => "来自您所在地址的错误令牌或链接过多，请一分钟后再试。",
  },
  database_unavailable: {
    en: () => "The database cannot be reached now. Try again in some seconds.",
    "zh-CN": () => "暂时无法连接数据库，请几秒后重试。",
  },
  reading_interrupted: {
    en: () => "Building this page was interrupted. Try again.",
    "zh-CN": () => "页面生成中断，请重试。",
  },
  too_many_documents: {
    en: () => "Too many PDF files are being made: try again in a moment.",
    "zh-CN": () => "同时生成的 PDF 文件过多，请稍后重试。",
  },
  too_many_requests: {
    en: () => "Too many pages are being made at once: try again in a moment.",
    "zh-CN": () => "同时生成的页面过多，请稍后重试。",
  },
};

export interface Problem {
  readonly code?: string | undefined;
  readonly message: string;
  /** The parameter that is wrong, if it is one. */
  readonly parameter?: string | null | undefined;
}

/**
 * A problem as a sentence for the reader; that of the API, in English, if pages have none of their own.
 * @param given the parameters of the request, of its path and of its query
 */
export function describeProblem(problem: Problem, given: Readonly<Record<string, unknown>>, locale: Locale): string {
  const { code = "", message, parameter } = problem;
  const sentence = (parameter == null ? undefined : sentences[`${code} ${parameter}`]) ?? sentences[code];
  if (sentence === undefined) return message;
  const value = parameter == null ? "" : given[parameter];
  return sentence[locale](shorten(typeof value === "string" ? value : ""));
}
