import { eventCatalogue } from "@spanledger/sdk/event-catalogue";
import type { AttributeDefinition, VocabularyName } from "@spanledger/sdk/event-catalogue";

/** A product's own words, by list and by what they mean. */
export type CustomWords = Readonly<Partial<Record<VocabularyName, Readonly<Record<string, readonly string[]>>>>>;

/** A word as it is compared: in lower case and of usual width, without space, hyphens and underscores. */
export function foldWord(word: string): string {
  return word
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_-]+/gu, "");
}

/** What stands for a list of words among the metrics that wait for a rebuild; no metric can have this name. */
export function wordsKey(list: VocabularyName): string {
  return `words.${list}`;
}

/** The events whose meaning depends on a list. */
export function eventsOfWords(list: VocabularyName): string[] {
  return Object.entries(eventCatalogue).flatMap(([event, { attributes }]) =>
    Object.values<AttributeDefinition>(attributes).some(({ vocabulary }) => vocabulary === list) ? [event] : [],
  );
}
