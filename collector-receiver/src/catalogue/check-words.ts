import { vocabularies } from "@spanledger/sdk/event-catalogue";
import type { VocabularyName } from "@spanledger/sdk/event-catalogue";
import { checkValue } from "./check-shape.ts";
import { otherGroup } from "./custom-definitions.ts";
import { foldWord } from "./custom-words.ts";
import type { CustomWords } from "./custom-words.ts";
import { ownWords } from "./definition-schemas.ts";
import type { ProblemList } from "./problem-list.ts";

const listNames = Object.keys(vocabularies) as VocabularyName[];
/** A product may add channels. The meanings of roles, statuses and reasons are fixed. */
const extensible: ReadonlySet<string> = new Set<VocabularyName>(["channel"]);
const meaningName = /^[a-z][a-z0-9_]{0,39}$/;

/** The first word of each meaning says it for good: an erased event keeps it. By list, with what it means. */
const fixedWords: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(vocabularies).map(([name, meanings]) => [
    name,
    new Map(
      Object.entries(meanings).flatMap(([meaning, [first]]) => [
        [foldWord(meaning), meaning],
        [foldWord(first), meaning],
      ]),
    ),
  ]),
);

/** Checks the words of a config; what is wrong goes to `list`. Sorted, so that the hash does not depend on the order. */
export function checkWords(input: unknown, list: ProblemList): CustomWords {
  const words: [VocabularyName, Record<string, readonly string[]>][] = [];
  for (const [name, value] of Object.entries(list.object(input, ["words"]) ?? {})) {
    const path = ["words", name];
    if (!listNames.includes(name as VocabularyName)) {
      list.add(path, "is not a list of words", `Known are ${listNames.join(", ")}`);
      continue;
    }
    words.push([name as VocabularyName, checkList(name as VocabularyName, value, path, list)]);
  }
  const filled = words.filter(([, meanings]) => Object.keys(meanings).length > 0);
  return Object.fromEntries(filled.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function checkList(
  name: VocabularyName,
  input: unknown,
  path: readonly string[],
  list: ProblemList,
): Record<string, readonly string[]> {
  const known = Object.keys(vocabularies[name]);
  const meanings: [string, readonly string[]][] = [];
  const meaningOf = new Map<string, string>();
  for (const [meaning, value] of Object.entries(list.object(input, path) ?? {})) {
    const at = [...path, meaning];
    if (!known.includes(meaning) && !(extensible.has(name) && meaningName.test(meaning))) {
      const remedy = extensible.has(name)
        ? "Use lower-case letters, digits and underscores, such as kiosk"
        : `Words of this list may mean ${known.join(", ")}`;
      list.add(at, "is not a meaning", remedy);
    }
    const words = checkValue(ownWords, value, at, list) ?? [];
    for (const word of words) {
      const folded = foldWord(word);
      const other = meaningOf.get(folded);
      const fixed = fixedWords.get(name)?.get(folded) ?? meaning;
      if (folded === otherGroup) {
        list.add(at, `has ${JSON.stringify(word)}, which stands for what an erasure took out`, "Leave it out");
      } else if (folded === "")
        list.add(at, `has ${JSON.stringify(word)}, which is compared as nothing`, "Write a word");
      else if (other !== undefined && other !== meaning) {
        list.add(at, `has ${JSON.stringify(word)}, which means ${other} above`, "Give each word one meaning");
      } else if (fixed !== meaning) {
        list.add(at, `has ${JSON.stringify(word)}, which always means ${fixed}`, "Leave it out");
      }
      meaningOf.set(folded, meaning);
    }
    meanings.push([meaning, [...new Set(words)].toSorted()]);
  }
  return Object.fromEntries(meanings.filter(([, words]) => words.length > 0).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
