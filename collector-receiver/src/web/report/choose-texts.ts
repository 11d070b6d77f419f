import type { Locale } from "../../metrics/format-metric.ts";
import type { ReportTexts } from "./report-texts.ts";
import { chineseTexts } from "./texts-zh.ts";
import { englishTexts } from "./texts-en.ts";

const texts: Readonly<Record<Locale, ReportTexts>> = { "zh-CN": chineseTexts, en: englishTexts };

/** The words of the pages in a language. */
export function textsOf(locale: Locale): ReportTexts {
  return texts[locale];
}
