import Type, { type Static } from "typebox";

/** The shapes of a mapping file. `remedy` says what to write instead of a value that does not fit. */

const closed = (remedy: string) => ({ additionalProperties: false, remedy });
const maxName = 200;

/** Within what may be written in several ways: the remedy is the whole's. */
const name = Type.String({ minLength: 1, maxLength: maxName });
const column = Type.String({ minLength: 1, maxLength: maxName, remedy: "Write the name of a column" });
const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);
const words = Type.Record(Type.String(), scalar);

const time = Type.Union(
  [
    name,
    Type.Object(
      { column: name, format: Type.Optional(Type.String({ minLength: 1 })), zone: Type.Optional(Type.String()) },
      { additionalProperties: false },
    ),
  ],
  { remedy: 'Write a column, or { "column": "Created", "format": "DD/MM/YYYY HH:mm", "zone": "Europe/Berlin" }' },
);

const when = Type.Union(
  [
    name,
    Type.Object({ column: name, is: Type.Array(scalar, { minItems: 1 }) }, { additionalProperties: false }),
    Type.Object({ column: name, not: Type.Array(scalar, { minItems: 1 }) }, { additionalProperties: false }),
  ],
  { remedy: 'Write a column that must not be empty, or { "column": "Status", "is": ["solved", "closed"] }' },
);

const type = Type.Union(["string", "int", "double", "boolean"].map((each) => Type.Literal(each)));

const attribute = Type.Union(
  [
    name,
    Type.Object({ value: Type.Union([Type.String(), Type.Number(), Type.Boolean()]) }, { additionalProperties: false }),
    Type.Object({ from: name, to: name }, { additionalProperties: false }),
    Type.Object(
      {
        column: name,
        values: Type.Optional(words),
        type: Type.Optional(type),
        scale: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
      },
      { additionalProperties: false },
    ),
  ],
  {
    remedy:
      'Write a column, { "column": "Minutes", "scale": 60 }, { "value": "zendesk" }, or { "from": "Created", "to": "Solved" } for the time between',
  },
);

export const mappedEventShape = Type.Object(
  {
    event: Type.Union(
      [
        Type.String({ minLength: 1 }),
        Type.Object({ column: name, values: Type.Optional(words) }, { additionalProperties: false }),
      ],
      { remedy: 'Write the name of an event, or { "column": "type", "values": { "opened": "session.start" } }' },
    ),
    as: Type.Optional(
      Type.String({ pattern: "^[\\w.-]{1,64}$", remedy: "Write a short name of letters, digits, dots and hyphens" }),
    ),
    time: Type.Optional(time),
    when: Type.Optional(when),
    spread: Type.Optional(column),
    attributes: Type.Optional(
      Type.Record(Type.String({ minLength: 1 }), attribute, { remedy: 'Write { "session_id": "Conversation" }' }),
    ),
  },
  closed('Write { "event": "session.start", "attributes": { … } }'),
);

export const mappingShape = Type.Object(
  {
    source: Type.String({
      pattern: "^[\\w.-]{1,64}$",
      remedy: "Name the source once and for all, such as helpdesk-2025: it is part of each event's id",
    }),
    key: Type.Union([name, Type.Array(name, { minItems: 1, maxItems: 8 })], {
      remedy: "Write the column, or the list of columns, that tells rows apart",
    }),
    time: Type.Optional(time),
    events: Type.Array(Type.Unknown(), { minItems: 1, maxItems: 50, remedy: "Write a list of 1 to 50 events" }),
    service: Type.Optional(Type.String({ minLength: 1, maxLength: 255, remedy: "Write a text, as in service.name" })),
    delimiter: Type.Optional(Type.String({ pattern: '^[^"\\r\\n]$', remedy: "Write one character, such as ; or \\t" })),
    encoding: Type.Optional(Type.String({ remedy: "Write the name of an encoding, such as utf-8 or gb18030" })),
    table: Type.Optional(Type.String({ minLength: 1, remedy: "Write the name of a table, such as analytics_events" })),
  },
  closed("Write one JSON object with source, key, time and events"),
);

export type TimeSpec = Static<typeof time>;
export type WhenSpec = Static<typeof when>;
export type AttributeSpec = Static<typeof attribute>;
export type EventSpec = Static<typeof mappedEventShape>;
export type Mapping = Omit<Static<typeof mappingShape>, "events"> & { readonly events: readonly EventSpec[] };
