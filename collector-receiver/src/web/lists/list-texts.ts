import type { Locale } from "../../metrics/format-metric.ts";

/** The words that all lists for work share. */
export interface ListTexts {
  readonly next: string;
  readonly previous: string;
  readonly pages: string;
  readonly csv: string;
  readonly csvFirst: (rows: string) => string;
  readonly filter: string;
  readonly apply: string;
  readonly clear: string;
  readonly sortedBy: string;
  /** A column as an order: upwards, and downwards. */
  readonly upwards: (column: string) => string;
  readonly downwards: (column: string) => string;
  readonly shown: (shown: string) => string;
  readonly ofAll: (shown: string, total: string) => string;
  readonly onlyByStart: (limit: string) => string;
}

export const listTexts: Readonly<Record<Locale, ListTexts>> = {
  en: {
    next: "Next page",
    previous: "Previous page",
    pages: "Other pages of this list",
    csv: "CSV",
    csvFirst: (rows) => `CSV (first ${rows})`,
    filter: "Filter and order",
    apply: "Show",
    clear: "Clear",
    sortedBy: "Order",
    upwards: (column) => `${column}, ascending`,
    downwards: (column) => `${column}, descending`,
    shown: (shown) => `${shown} shown`,
    ofAll: (shown, total) => `${shown} of ${total} shown`,
    onlyByStart: (limit) =>
      `More than ${limit} conversations started in this period: they are listed in the order of their start. Choose a shorter period to sort by something else.`,
  },
  "zh-CN": {
    next: "下一页",
    previous: "上一页",
    pages: "列表的其他页",
    csv: "CSV",
    csvFirst: (rows) => `CSV（前 ${rows} 条）`,
    filter: "筛选和排序",
    apply: "显示",
    clear: "清除",
    sortedBy: "排序",
    upwards: (column) => `${column}，升序`,
    downwards: (column) => `${column}，降序`,
    shown: (shown) => `显示 ${shown} 个`,
    ofAll: (shown, total) => `共 ${total} 个，显示 ${shown} 个`,
    onlyByStart: (limit) => `本期开始的会话超过 ${limit} 个，仅按开始时间排列。请选择更短的周期再按其他列排序。`,
  },
};
