import { vocabularies } from "@spanledger/sdk/event-catalogue";
import type { VocabularyName } from "@spanledger/sdk/event-catalogue";
import { foldWord } from "../catalogue/custom-words.ts";
import type { CustomWords } from "../catalogue/custom-words.ts";

/** What the words of a list may mean. */
export type MeaningOf<Name extends VocabularyName> = keyof (typeof vocabularies)[Name] & string;

type WordList = ReadonlyMap<string, string>;

/** The lists that a product has words of its own in, with those of the catalogue; null: none. */
export type OwnWordLists = ReadonlyMap<VocabularyName, WordList> | null;

function listOf(meanings: Readonly<Record<string, readonly string[]>>): [string, string][] {
  return Object.entries(meanings).flatMap(([meaning, words]) =>
    words.map((word): [string, string] => [foldWord(word), meaning]),
  );
}

const lists: ReadonlyMap<VocabularyName, WordList> = new Map(
  Object.entries(vocabularies).map(([name, meanings]) => [name as VocabularyName, new Map(listOf(meanings))]),
);

/** Makes lists of a product's words; a word of its own means what the product says, whatever the catalogue's list says. */
export function compileWords(words: CustomWords | undefined): OwnWordLists {
  const own = Object.entries(words ?? {}).map(([name, meanings]): [VocabularyName, WordList] => [
    name as VocabularyName,
    new Map([...(lists.get(name as VocabularyName) ?? []), ...listOf(meanings)]),
  ]);
  return own.length === 0 ? null : new Map(own);
}

/** The words of a tenant's own by its rules. */
export function wordsOf({ custom }: { readonly custom: { readonly words: OwnWordLists } | null }): OwnWordLists {
  return custom === null ? null : custom.words;
}

/**
 * What a product's word means; undefined if the list does not know it.
 * @param own the product's lists: see `wordsOf`
 */
export function meaningOf<Name extends VocabularyName>(
  name: Name,
  word: string,
  own: OwnWordLists,
): MeaningOf<Name> | undefined {
  const list = (own?.get(name) ?? lists.get(name)) as ReadonlyMap<string, MeaningOf<Name>>;
  // Mostly it is written as in the list.
  return list.get(word) ?? list.get(foldWord(word));
}
