import Type, { type TSchemaOptions } from "typebox";

/** The shapes of what a `spanledger.config.ts` defines. `remedy` says what to write instead of a value that does not fit. */

export const maxEvents = 200;
export const maxMetrics = 200;
/** The receiver keeps a bit for each, of 31. */
export const maxRequired = 30;
/** Each group of a metric is a row a day. */
export const maxValues = 50;
/** Attributes of one event whose values are declared: each value is a row a day. */
export const maxDimensions = 8;
export const maxValueLength = 40;
const maxWords = 200;
const maxWordLength = 100;
const maxTextLength = 300;
const maxDecimals = 6;
const maxNames = 200;
const maxResourceText = 255;

const text = Type.String({
  maxLength: maxTextLength,
  pattern: "\\S",
  remedy: `Write a text of at most ${maxTextLength} characters`,
});
const names = { en: text, zh: text };
export const closed = (remedy: string): TSchemaOptions => ({ additionalProperties: false, remedy });

export function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return Type.Unsafe<Words[number]>(Type.Enum([...words], { remedy: `Write one of ${words.join(", ")}` }));
}

export const rootShape = Type.Object(
  {
    events: Type.Optional(Type.Unknown()),
    metrics: Type.Optional(Type.Unknown()),
    words: Type.Optional(Type.Unknown()),
    aiCalls: Type.Optional(Type.Unknown()),
    segments: Type.Optional(Type.Unknown()),
    targets: Type.Optional(Type.Unknown()),
    reports: Type.Optional(Type.Unknown()),
    alerts: Type.Optional(Type.Unknown()),
  },
  closed("Export defineSpanledger({ events, metrics, words, aiCalls, segments, targets, reports, alerts }) by default"),
);

export const eventShape = Type.Object({ ...names, attributes: Type.Optional(Type.Unknown()) }, closed("Write { … }"));

/** Values to group by: different, short, without blanks around them. */
export const groupValues = Type.Array(Type.String({ pattern: `^\\S(?:[^]{0,${maxValueLength - 2}}\\S)?$` }), {
  minItems: 1,
  maxItems: maxValues,
  uniqueItems: true,
  remedy: `List 1 to ${maxValues} different texts of at most ${maxValueLength} characters`,
});

/** Words of one meaning. */
export const ownWords = Type.Array(Type.String({ pattern: "\\S", maxLength: maxWordLength }), {
  minItems: 1,
  maxItems: maxWords,
  remedy: `List 1 to ${maxWords} words of at most ${maxWordLength} characters`,
});

const namesOf = (what: string, minItems: number) =>
  Type.Array(Type.String({ pattern: "\\S", maxLength: maxResourceText }), {
    minItems,
    maxItems: maxNames,
    remedy: `List ${minItems} to ${maxNames} ${what} of at most ${maxResourceText} characters`,
  });

export const aiCallsShape = Type.Object(
  {
    services: namesOf("values of service.name", 1),
    ignoreScopes: Type.Optional(namesOf("names of instrumentation scopes", 0)),
  },
  closed('Write { services: ["chatbot"] }'),
);

export const dimensionShape = Type.Object(
  { en: Type.Optional(text), zh: Type.Optional(text), values: groupValues },
  closed('Write { en, zh, values: ["free", "pro"] }'),
);

const finite = Type.Number({ remedy: "Write a finite number" });

export const attributeShape = Type.Object(
  {
    ...names,
    type: word(["string", "int", "double", "boolean"]),
    required: Type.Optional(Type.Literal(true, { remedy: "Write true, or leave it out" })),
    unit: Type.Optional(Type.String({ pattern: "^[^\\s$]{1,20}$", remedy: "Write a unit such as ms, h or {guest}" })),
    minimum: Type.Optional(finite),
    maximum: Type.Optional(finite),
    maxLength: Type.Optional(Type.Integer({ minimum: 1, remedy: "Write a whole number above 0" })),
    values: Type.Optional(groupValues),
    example: Type.Optional(Type.Unknown()),
  },
  closed("Write { … }"),
);

/** Every metric has a kind, which decides about the rest. */
export const kindShape = Type.Object(
  { kind: word(["count", "sum", "sessions", "duration", "ratio"]) },
  { remedy: "Write { … }" },
);

const named = { ...names, meaning: Type.Optional(Type.Object(names, closed("Write { en, zh }"))) };
const counted = {
  ...named,
  event: Type.String({ remedy: "Name an event of yours or of the catalogue" }),
  where: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { remedy: "Write { attribute: value }" })),
  groupBy: Type.Optional(Type.Unknown()),
};
const number = Type.String({ remedy: "Name a number of the event" });
const metric = closed("Write { … }");

export const metricShapes = {
  count: Type.Object({ kind: Type.Literal("count"), ...counted }, metric),
  sessions: Type.Object({ kind: Type.Literal("sessions"), ...counted }, metric),
  duration: Type.Object({ kind: Type.Literal("duration"), ...counted, attribute: number }, metric),
  sum: Type.Object(
    {
      kind: Type.Literal("sum"),
      ...counted,
      attribute: number,
      unit: Type.Optional(word(["count", "currency", "ms", "s", "min", "h"])),
      decimals: Type.Optional(
        Type.Integer({ minimum: 0, maximum: maxDecimals, remedy: `Write a whole number from 0 to ${maxDecimals}` }),
      ),
    },
    metric,
  ),
  ratio: Type.Object(
    {
      kind: Type.Literal("ratio"),
      ...named,
      numerator: text,
      denominator: text,
      unit: Type.Optional(word(["percent", "ratio", "currency", "ms", "s", "min", "h"])),
    },
    metric,
  ),
};

export const groupsShape = Type.Object(
  { attribute: Type.String({ remedy: "Name an attribute" }), values: Type.Optional(groupValues) },
  closed("Name an attribute, or write { attribute, values }"),
);
