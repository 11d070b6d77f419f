import type { PeriodType } from "../../metrics/business-calendar.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { ReportTexts } from "./report-texts.ts";
import { chineseTexts } from "./texts-zh.ts";
import { englishTexts } from "./texts-en.ts";

const texts: Readonly<Record<Locale, ReportTexts>> = { "zh-CN": chineseTexts, en: englishTexts };

/** The words of the pages in a language. */
export function textsOf(locale: Locale): ReportTexts {
  return texts[locale];
}

/** What a report is about, as far as its words go. */
export interface ReportScope {
  readonly isMonth: boolean;
  readonly stepType: PeriodType;
}

type Replacement = readonly [pattern: RegExp, by: string];

const ofPeriod: Readonly<Record<Locale, readonly Replacement[]>> = {
  en: [[/\b([Tt]his|[Tt]he) month\b/g, "$1 period"]],
  "zh-CN": [
    [/本月/g, "本期"],
    [/上月/g, "上期"],
    [/全月/g, "全期"],
  ],
};
const ofSteps: Readonly<Record<Locale, Readonly<Record<"week" | "month", readonly Replacement[]>>>> = {
  en: {
    week: [
      [/\bby day\b/g, "by week"],
      [/ a day$/, " a week"],
      [/^Day$/g, "Week"],
    ],
    month: [
      [/\bby day\b/g, "by month"],
      [/ a day$/, " a month"],
      [/^Day$/g, "Month"],
    ],
  },
  "zh-CN": { week: [[/每日/g, "每周"]], month: [[/每日/g, "每月"]] },
};

const scoped = new Map<string, ReportTexts>();

/** The words of a report: those of `textsOf` are about a month by day, and say so. */
export function textsOfReport(locale: Locale, { isMonth, stepType }: ReportScope): ReportTexts {
  const key = `${locale} ${isMonth} ${stepType}`;
  let own = scoped.get(key);
  if (own === undefined) {
    const replacements = [
      ...(isMonth ? [] : ofPeriod[locale]),
      ...(stepType === "day" ? [] : ofSteps[locale][stepType]),
    ];
    own = replacements.length === 0 ? texts[locale] : (rewrite(texts[locale], replacements) as ReportTexts);
    scoped.set(key, own);
  }
  return own;
}

/** The same texts and functions of texts with some words replaced. */
function rewrite(value: unknown, replacements: readonly Replacement[]): unknown {
  if (typeof value === "string") return replacements.reduce((text, [from, to]) => text.replace(from, to), value);
  if (typeof value === "function") {
    return (...given: readonly unknown[]) =>
      rewrite((value as (...all: readonly unknown[]) => unknown)(...given), replacements);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rewrite(inner, replacements)]));
}
