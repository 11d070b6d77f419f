import { describe, expect, it } from "vitest";
import { foldWord } from "../../collector-receiver/src/catalogue/custom-words.ts";
import { eventCatalogue, vocabularies, type EventDefinition } from "../../sdk/src/event-catalogue.ts";

describe.each(Object.entries<Readonly<Record<string, readonly string[]>>>(vocabularies))(
  "words of %s",
  (name, meanings) => {
    const words = Object.values(meanings).flat();

    it("are each listed once, as a receiver compares them: trimmed, in lower case", () => {
      expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
      expect(words.map((word) => word.trim().toLowerCase())).toEqual(words);
    });

    it("mean one thing each, as a receiver compares them", () => {
      const meaningOf = new Map<string, string>();
      for (const [meaning, own] of Object.entries(meanings)) {
        for (const word of own.map(foldWord)) {
          expect([word, meaningOf.get(word) ?? meaning]).toEqual([word, meaning]);
          meaningOf.set(word, meaning);
        }
      }
    });

    it("are those of an attribute, and have its example among them", () => {
      const attributes = Object.values<EventDefinition>(eventCatalogue).flatMap(({ attributes: all }) =>
        Object.values(all),
      );
      const using = attributes.filter(({ vocabulary }) => vocabulary === name);
      expect(using.length).toBeGreaterThan(0);
      for (const { example } of using) expect(words).toContain(example);
    });
  },
);
