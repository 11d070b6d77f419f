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

/** Stands before the name of a list of words among the metrics that wait for a rebuild; no metric's name has a dot. */
const wordsPrefix = "words.";

/** What stands for a list of words among the metrics that wait for a rebuild. */
export function wordsKey(list: VocabularyName): string {
  return wordsPrefix + list;
}

/** The list that a key of `wordsKey` stands for; undefined if it is the name of a metric. */
export function listOfWordsKey(key: string): string | undefined {
  return key.startsWith(wordsPrefix) ? key.slice(wordsPrefix.length) : undefined;
}

/** The events whose meaning depends on a list. */
export function eventsOfWords(list: VocabularyName): string[] {
  return Object.entries(eventCatalogue).flatMap(([event, { attributes }]) =>
    Object.values<AttributeDefinition>(attributes).some(({ vocabulary }) => vocabulary === list) ? [event] : [],
  );
}
