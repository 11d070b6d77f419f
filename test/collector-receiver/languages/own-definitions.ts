import fc from "fast-check";
import { checkDefinitions } from "../../../collector-receiver/src/catalogue/check-definitions.ts";
import type { OwnDefinitions } from "../../../collector-receiver/src/languages/typed-events.ts";

const firstLetter = fc.constantFrom(..."abzAZ");
const others = fc.string({ unit: fc.constantFrom(..."aZ0_.-"), maxLength: 8 });
/** Names that languages reserve, that differ in case or punctuation alone, and that generated code uses itself. */
const hardNames = [
  ...["class", "from", "def", "match", "None", "True", "self", "key", "func", "type", "range", "map", "go", "nil"],
  ...[
    "str",
    "int",
    "bool",
    "float",
    "string",
    "float64",
    "error",
    "ctx",
    "more",
    "context",
    "attribute",
    "time",
    "append",
  ],
  ...["session_start", "session-start", "Session.Start", "sessionStart", "recorder", "Recorder", "value", "Value"],
  ...["record_business_event", "recordBusinessEvent", "channel", "Channel", "channel.web", "end.reason", "occurrence"],
  ...["occurred_at_ns", "at", "OtherWord", "Literal", "Mapping", "BusinessEventFunctions", "e", "a", "events", "new"],
];
const name = fc.oneof(
  fc.constantFrom(...hardNames),
  fc.tuple(firstLetter, others).map((parts) => parts.join("")),
);
/** Texts that would end a comment, a docstring or a text of the generated code. */
const text = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
    fc.constantFrom(
      '"""',
      "*/",
      "\\",
      "`",
      "'",
      "a\nb",
      "// x",
      "{x}",
      "${x}",
      "# a: b",
      "- a",
      "%d",
      "\u2028",
      "\ufeff",
      "\ud800x",
    ),
  )
  .filter((value) => /\S/.test(value));
const names = { en: text, zh: text };
const bound = fc.integer({ min: -1000, max: 1000 });
const values = fc.uniqueArray(
  text.filter((value) => value !== "other" && /^\S(?:[^]{0,38}\S)?$/.test(value)),
  { minLength: 1, maxLength: 5 },
);
const shared = ["session_id", "agent_id", "ticket_id", "user_id", "test"];
const common = { ...names, required: fc.option(fc.constant(true as const), { nil: undefined }) };
const attribute = fc.oneof(
  fc.record({ ...common, type: fc.constant("string"), values: fc.option(values, { nil: undefined }) }),
  fc.record({ ...common, type: fc.constantFrom("int", "double"), minimum: fc.option(bound, { nil: undefined }) }),
  fc.record({ ...common, type: fc.constant("boolean") }),
);
const attributes = fc.dictionary(
  name.filter((key) => !shared.includes(key)),
  attribute,
  { maxKeys: 6 },
);
const events = fc.dictionary(name, fc.record({ ...names, attributes }), { minKeys: 1, maxKeys: 30 });
const words = fc.record({ channel: fc.record({ web: values }) }, { requiredKeys: [] });

/** Configs that the receiver takes, with names and texts that are hard to write in another language. */
export const ownDefinitions: fc.Arbitrary<OwnDefinitions> = fc
  .record({ events, words })
  .map((config) => checkDefinitions(structuredClone(config), new Set(), new Set()))
  .filter(({ problems }) => problems.length === 0)
  .map(({ definitions }) => definitions);

const texts = { en: "a", zh: "a" };
const everyType = [
  { type: "int" },
  { type: "double" },
  { type: "boolean" },
  { type: "string", values: ["a", "A", "1", "?"] },
];
const hardAttributes = Object.fromEntries(
  hardNames.filter((key) => !shared.includes(key)).map((key, at) => [key, { ...texts, ...everyType[at % 4] }]),
);

/** Every hard name at once, as an event and as an attribute. */
export const hardDefinitions: OwnDefinitions = checkDefinitions(
  { events: Object.fromEntries(hardNames.map((key) => [key, { ...texts, attributes: hardAttributes }])) },
  new Set(),
  new Set(),
).definitions;
