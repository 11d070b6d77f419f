import type { TypedEvent, TypedEvents } from "../../../collector-receiver/src/languages/typed-events.ts";

const samples = { string: "text", int: 3, double: 2.5, boolean: true } as const;

/** A value for each attribute of an event: its example, a word of its list, or one of its type. */
export function sampleAttributes(event: TypedEvent, { lists }: TypedEvents): Record<string, string | number | boolean> {
  return Object.fromEntries(
    event.attributes
      // A test event is stored and not counted.
      .filter(({ name }) => name !== "test")
      .map(({ name, type, list, example }) => {
        const words = lists.find(({ key }) => key === list)?.words;
        return [name, example ?? words?.[0] ?? samples[type]];
      }),
  );
}
