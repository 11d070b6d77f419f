import { vocabularies } from "@spanledger/sdk/event-catalogue";
import type { VocabularyName } from "@spanledger/sdk/event-catalogue";

/** What the words of a list may mean. */
export type MeaningOf<Name extends VocabularyName> = keyof (typeof vocabularies)[Name] & string;

const lists: ReadonlyMap<VocabularyName, ReadonlyMap<string, string>> = new Map(
  Object.entries(vocabularies).map(([name, meanings]) => [
    name as VocabularyName,
    new Map(
      Object.entries<readonly string[]>(meanings).flatMap(([meaning, words]) =>
        words.map((word): [string, string] => [foldWord(word), meaning]),
      ),
    ),
  ]),
);

/** A word as it is compared: in lower case, without space, hyphens and underscores. */
export function foldWord(word: string): string {
  return word.toLowerCase().replace(/[\s_-]+/gu, "");
}

/** What a product's word means; undefined if the list does not know it. */
export function meaningOf<Name extends VocabularyName>(name: Name, word: string): MeaningOf<Name> | undefined {
  const list = lists.get(name) as ReadonlyMap<string, MeaningOf<Name>>;
  // Mostly it is written as in the list.
  return list.get(word) ?? list.get(foldWord(word));
}
