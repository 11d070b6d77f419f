import { vocabularies } from "@spanledger/sdk/event-catalogue";
import type { Locale } from "../../metrics/format-metric.ts";
import { wordLabels } from "./word-labels.ts";

const labels = new Map(Object.entries(wordLabels));

/** Written in capitals within a word that nobody translated. */
const abbreviations: ReadonlySet<string> = new Set(
  "ai api crm csat faq id ivr kpi llm pc pdf qr sdk sla sms ui url vip".split(" "),
);

/** Meanings of vocabularies that are not words with a label themselves. */
const meaningLabels: Readonly<Record<string, string>> = {
  confirmed: "resolved",
  failed: "unresolved",
  assumed: "ended",
};

/** For each word that the catalogue knows, a word of the same meaning that has a label. */
const synonyms = new Map(
  Object.values(vocabularies).flatMap((meanings) =>
    Object.entries<readonly string[]>(meanings).flatMap(([meaning, words]) =>
      words.map((word) => [normal(word), meaningLabels[meaning] ?? meaning] as const),
    ),
  ),
);

/**
 * A word of a product as people read it: "Unhelpful answers" for `unhelpful_answers`. A word of the catalogue without a
 * label of its own stays in its own language, and reads as its meaning in the other. A word that nobody translated is
 * written without underscores; other text stays as it is.
 */
export function labelOf(word: string, locale: Locale): string {
  const place = locale === "zh-CN" ? 1 : 0;
  const known = labels.get(normal(word));
  if (known !== undefined) return known[place];
  const isForeign = /\p{Script=Han}/u.test(word) === (locale === "en");
  const meant = isForeign ? labels.get(synonyms.get(normal(word)) ?? "") : undefined;
  return meant === undefined ? spelledOut(word) : meant[place];
}

/** The same within a sentence: "unhelpful answers". */
export function wordInSentence(word: string, locale: Locale): string {
  const label = labelOf(word, locale);
  return /^[A-Z][^A-Z]*$/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}

/** Labels of words that stand in one list: words that would read the same stay as the product wrote them. */
export function labelsOf(words: readonly string[], locale: Locale): string[] {
  const read = words.map((word) => labelOf(word, locale));
  const times = new Map<string, number>();
  for (const label of read) times.set(label, (times.get(label) ?? 0) + 1);
  return read.map((label, i) => ((times.get(label) ?? 0) > 1 ? (words[i] as string) : label));
}

function normal(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
}

function spelledOut(word: string): string {
  if (!/^[a-z][a-z0-9#]*(?:[_-][a-z0-9#]+)*$/.test(word)) return word;
  const plain = word
    .split(/[_-]/)
    .map((part) => (abbreviations.has(part) ? part.toUpperCase() : part))
    .join(" ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
