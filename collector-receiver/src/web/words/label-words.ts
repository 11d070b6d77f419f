import type { Locale } from "../../metrics/format-metric.ts";
import { wordLabels } from "./word-labels.ts";

const labels = new Map(Object.entries(wordLabels));

/**
 * A word of a product as people read it: "Unhelpful answers" for `unhelpful_answers`. A word that nobody translated is
 * written without underscores; other text stays as it is.
 */
export function labelOf(word: string, locale: Locale): string {
  const known = labels.get(
    word
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, "_"),
  );
  if (known !== undefined) return known[locale === "zh-CN" ? 1 : 0];
  if (!/^[a-z][a-z0-9#]*(?:[_-][a-z0-9#]+)*$/.test(word)) return word;
  const plain = word.replaceAll(/[_-]/g, " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** Labels of words that stand in one list: words that would read the same stay as the product wrote them. */
export function labelsOf(words: readonly string[], locale: Locale): string[] {
  const read = words.map((word) => labelOf(word, locale));
  const times = new Map<string, number>();
  for (const label of read) times.set(label, (times.get(label) ?? 0) + 1);
  return read.map((label, i) => ((times.get(label) ?? 0) > 1 ? (words[i] as string) : label));
}
