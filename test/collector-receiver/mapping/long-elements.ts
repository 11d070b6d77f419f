/** Requests whose one element is itself as long as a request, for tests of what they cost others. */

export const message = (tag: number, ...contents: readonly Buffer[]) => {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), varint(content.length), content]);
};
const varint = (value: number) => {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
};
const keyValue = (key: string, value: Buffer) => Buffer.concat([message(0x0a, Buffer.from(key)), message(0x12, value)]);
const text = (value: string | Buffer) => message(0x0a, Buffer.from(value));
const repeat = (unit: Buffer, bytes: number) => Buffer.alloc(Math.floor(bytes / unit.length) * unit.length, unit);

const unknownField = Buffer.from([0xf8, 0x01, 0x01]);
const ids = Buffer.concat([message(0x0a, Buffer.alloc(16, 1)), message(0x12, Buffer.alloc(8, 1))]);
const time = (ms: number) => {
  const field = Buffer.alloc(9, 0x09);
  field.writeBigUInt64LE(BigInt(ms) * 1_000_000n, 1);
  return field;
};

const sessionId = keyValue("session_id", text("s"));

/** One span or log record that is as long as a request. */
interface LongElement {
  readonly title: string;
  readonly signal: "traces" | "logs";
  /** The span or log record, of about so many bytes. */
  readonly make: (bytes: number, nowMs: number) => Buffer;
  /** What becomes of it: `event`, a rejection code, or `nothing`. */
  readonly gives: string;
}

const plain = '{"key":"session_id","value":{"stringValue":"s"}}';
const spaced = '{ "key":"session_id","value":{"stringValue":"s"}}';
export const times = (unit: string, bytes: number) =>
  Array.from({ length: Math.ceil(bytes / unit.length) }, () => unit).join();
const jsonIds = `"traceId":"${"1".repeat(32)}","spanId":"${"2".repeat(16)}"`;
const jsonEvent = (nowMs: number, attributes: string, more = "") =>
  `{"timeUnixNano":"${nowMs}000000","name":"session.start",${more}"attributes":[${attributes}]}`;

/** A request in JSON with a long element. */
interface LongJson {
  readonly title: string;
  readonly make: (bytes: number, nowMs: number) => string;
  /** What becomes of it: `event`, a rejection code, or `nothing`. */
  readonly gives: string;
}

const mark = '{"key":"spanledger.event.id","value":{"stringValue":"x"}}';
const escapes = (bytes: number) => "\\n".repeat(bytes / 2);
const jsonAttribute = (key: string, value: string) => `{"key":"${key}", "value":{"stringValue":"${value}"}}`;
/** Six maps within each other around an array. */
const jsonNested = (values: string) =>
  `{"key":"map","value":${'{"kvlistValue":{"values":[{"key":"a","value":'.repeat(6)}{"arrayValue":{"values":[${values}]}}${"}]}}".repeat(6)}}`;
const numbered = <T>(bytes: number, make: (i: number) => T): T[] =>
  Array.from({ length: Math.ceil(bytes / 50) }, (_, i) => make(i));

export const inSpan = (span: string) =>
  `{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[{${jsonIds},${span}}]}]}]}`;
const inRecord = (record: string) =>
  `{"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{},"logRecords":[${record}]}]}]}`;
const unknown = (title: string, value: (bytes: number) => string): LongJson[] => [
  {
    title: `${title} as an unknown member of the request`,
    make: (bytes, nowMs) =>
      inSpan(`"events":[${jsonEvent(nowMs, plain)}]`).replace("{", () => `{"unknown":${value(bytes)},`),
    gives: "event",
  },
  {
    title: `${title} as an unknown member of a span`,
    make: (bytes, nowMs) => inSpan(`"unknown":${value(bytes)},"events":[${jsonEvent(nowMs, plain)}]`),
    gives: "event",
  },
  {
    title: `${title} as an unknown member of a span event`,
    make: (bytes, nowMs) => inSpan(`"events":[${jsonEvent(nowMs, plain, `"unknown":${value(bytes)},`)}]`),
    gives: "event",
  },
];

export const longJson: readonly LongJson[] = [
  ...unknown("a text", (bytes) => `"${"x".repeat(bytes)}"`),
  ...unknown("a text with escapes", (bytes) => `"${"\\u00e9\\n".repeat(bytes / 8)}"`),
  ...unknown("a number", (bytes) => `-1.${"1".repeat(bytes)}e+5`),
  ...unknown("a list", (bytes) => `[${times('0,{"a":[]},"b",null,{}', bytes)}]`),
  ...unknown("a deep list", (bytes) => "[".repeat(bytes / 2) + "]".repeat(bytes / 2)),
  ...unknown("white space", (bytes) => `${" \n".repeat(bytes / 2)}1`),
  {
    title: "a member's name",
    make: (bytes, nowMs) => inSpan(`"events":[${jsonEvent(nowMs, plain)}],"${"x".repeat(bytes)}":1`),
    gives: "event",
  },
  {
    title: "a member's name of the request",
    make: (bytes, nowMs) =>
      inSpan(`"events":[${jsonEvent(nowMs, plain)}]`).replace("{", () => `{"${"x".repeat(bytes)}":1,`),
    gives: "event",
  },
  {
    title: "attributes of a span",
    make: (bytes, nowMs) => inSpan(`"attributes":[${times(plain, bytes)}],"events":[${jsonEvent(nowMs, plain)}]`),
    gives: "event",
  },
  {
    title: "attributes of a span event",
    make: (bytes, nowMs) => inSpan(`"events":[${jsonEvent(nowMs, times(plain, bytes))}]`),
    gives: "too_many_attributes",
  },
  {
    title: "one attribute's text",
    make: (bytes, nowMs) =>
      inSpan(
        `"events":[${jsonEvent(nowMs, `{"key":"note","value":{"stringValue":"${"x".repeat(bytes)}"}},${plain}`)}]`,
      ),
    gives: "attribute_too_large",
  },
  {
    title: "a list in an attribute",
    make: (bytes, nowMs) =>
      inSpan(
        `"events":[${jsonEvent(nowMs, `{"key":"list","value":{"arrayValue":{"values":[${times('{"intValue":1}', bytes)}]}}},${plain}`)}]`,
      ),
    gives: "event_data_too_large",
  },
  {
    title: "an event's time",
    make: (bytes) =>
      inSpan(`"events":[{"name":"session.start","timeUnixNano":${"1".repeat(bytes)},"attributes":[${plain}]}]`),
    gives: "invalid_time",
  },
  {
    title: "attributes of a log record",
    make: (bytes, nowMs) =>
      inRecord(`{"timeUnixNano":"${nowMs}000000","attributes":[${times(spaced, bytes)}],"eventName":"session.start"}`),
    gives: "too_many_attributes",
  },
  {
    title: "attributes of a log record without a name",
    make: (bytes) => inRecord(`{"attributes":[${times(plain, bytes)}]}`),
    gives: "nothing",
  },
  {
    title: "scopes before their resource",
    make: (bytes, nowMs) =>
      `{"resourceSpans":[{"scopeSpans":[{"spans":[${times("{}", bytes)},{${jsonIds},"events":[${jsonEvent(nowMs, plain)}]}]}],"resource":{}}]}`,
    gives: "event",
  },
  {
    title: "spans before their scope",
    make: (bytes, nowMs) =>
      `{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[${times("{}", bytes)},{${jsonIds},"events":[${jsonEvent(nowMs, plain)}]}],"scope":{}}]}]}`,
    gives: "event",
  },
  {
    title: "attributes of a resource",
    make: (bytes, nowMs) =>
      inSpan(`"events":[${jsonEvent(nowMs, plain)}]`).replace(
        '"resource":{',
        () => `"resource":{"attributes":[${times(plain, bytes)}]`,
      ),
    gives: "event",
  },
  {
    title: "spans that are not objects, and one that is",
    make: (bytes, nowMs) =>
      `{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[[${times("1", bytes)}],{${jsonIds},"events":[${jsonEvent(nowMs, plain)}]}]}]}]}`,
    gives: "event",
  },
  {
    title: "attributes of a resource, long texts with escapes",
    make: (bytes, nowMs) =>
      inSpan(`"events":[${jsonEvent(nowMs, plain)}]`).replace(
        '"resource":{',
        () => `"resource":{"attributes":[${times(jsonAttribute("note", escapes(600_000)), bytes)}]`,
      ),
    gives: "event",
  },
  {
    title: "attributes with escapes in names and texts",
    make: (bytes, nowMs) => inSpan(`"events":[${jsonEvent(nowMs, times(jsonAttribute("\\u0061b", "\\n"), bytes))}]`),
    gives: "too_many_attributes",
  },
  {
    title: "attributes with long texts with escapes",
    make: (bytes, nowMs) =>
      inSpan(`"events":[${jsonEvent(nowMs, `${plain},${times(jsonAttribute("note", escapes(600_000)), bytes)}`)}]`),
    gives: "event_data_too_large",
  },
  {
    title: "attributes with long names with escapes",
    make: (bytes, nowMs) =>
      inSpan(`"events":[${jsonEvent(nowMs, `${plain},${times(jsonAttribute(escapes(600_000), "x"), bytes)}`)}]`),
    gives: "event_data_too_large",
  },
  {
    title: "attributes that all have other names",
    make: (bytes, nowMs) =>
      inSpan(
        `"events":[${jsonEvent(nowMs, `${plain},${numbered(bytes, (i) => jsonAttribute(`name-${i}`, "x")).join()}`)}]`,
      ),
    gives: "too_many_attributes",
  },
  {
    title: "attributes under names that are reserved",
    make: (bytes, nowMs) =>
      inSpan(
        `"events":[${jsonEvent(nowMs, `${plain},${numbered(bytes, (i) => jsonAttribute(`spanledger.${i}`, "x")).join()}`)}]`,
      ),
    gives: "too_many_attributes",
  },
  {
    title: "events of 1 MiB",
    make: (bytes, nowMs) => inSpan(`"events":[${times(jsonEvent(nowMs, times(plain, 1024 * 1024)), bytes)}]`),
    gives: "too_many_attributes",
  },
  {
    title: "events with maps within maps",
    make: (bytes, nowMs) =>
      inSpan(
        `"events":[${times(jsonEvent(nowMs, `${plain},${jsonNested(times('{"intValue":1}', 600_000))}`), bytes)}]`,
      ),
    gives: "event_data_too_large",
  },
  {
    title: "an event's name",
    make: (bytes, nowMs) =>
      inSpan(`"events":[${jsonEvent(nowMs, mark)}]`).replace("session.start", () => "n".repeat(bytes)),
    gives: "name_too_long",
  },
  {
    title: "a span's name, many times, with escapes",
    make: (bytes, nowMs) =>
      inSpan(`${times(`"name":"${escapes(30_000)}"`, bytes)},"events":[${jsonEvent(nowMs, plain)}]`),
    gives: "event",
  },
  {
    title: "unknown members of a span",
    make: (bytes, nowMs) =>
      inSpan(`${times(`"unknown":"${"x".repeat(31_000)}"`, bytes)},"events":[${jsonEvent(nowMs, plain)}]`),
    gives: "event",
  },
  {
    title: "lists of events of a span",
    make: (bytes, nowMs) =>
      inSpan(
        `${times(`"events":[${times('{"name":"cache.miss"}', 200_000)}]`, bytes)},"events":[${jsonEvent(nowMs, plain)}]`,
      ),
    gives: "event",
  },
  {
    title: "lists of attributes of an event",
    make: (bytes, nowMs) =>
      inSpan(`"events":[${jsonEvent(nowMs, plain, `${times(`"attributes":[${times(plain, 600_000)}]`, bytes)},`)}]`),
    gives: "too_many_attributes",
  },
  {
    title: "lists of scopes of a resource, before it",
    make: (bytes, nowMs) =>
      inSpan(`"events":[${jsonEvent(nowMs, plain)}]`).replace(
        '"resource":{',
        () => `${times('"scopeSpans":[{}]', bytes)},"resource":{`,
      ),
    gives: "event",
  },
];

const spanWith = (...event: Buffer[]) => Buffer.concat([ids, message(0x5a, ...event)]);
const start = (nowMs: number) => Buffer.concat([time(nowMs), message(0x12, Buffer.from("session.start"))]);
const eventName = message(0x62, Buffer.from("session.start"));

export const longElements: readonly LongElement[] = [
  {
    title: "unknown fields of a span",
    signal: "traces",
    make: (bytes, nowMs) =>
      Buffer.concat([
        repeat(unknownField, bytes / 2),
        spanWith(start(nowMs), message(0x1a, sessionId)),
        repeat(unknownField, bytes / 2),
      ]),
    gives: "event",
  },
  {
    title: "attributes of a span",
    signal: "traces",
    make: (bytes, nowMs) =>
      Buffer.concat([repeat(message(0x4a, sessionId), bytes), spanWith(start(nowMs), message(0x1a, sessionId))]),
    gives: "event",
  },
  {
    title: "unknown fields of a span event, on both sides of its attributes",
    signal: "traces",
    make: (bytes, nowMs) =>
      spanWith(
        repeat(unknownField, bytes / 2),
        start(nowMs),
        message(0x1a, sessionId),
        repeat(unknownField, bytes / 2),
      ),
    gives: "event",
  },
  {
    title: "attributes of a span event",
    signal: "traces",
    make: (bytes, nowMs) => spanWith(start(nowMs), repeat(message(0x1a, sessionId), bytes)),
    gives: "too_many_attributes",
  },
  {
    title: "a list in an attribute",
    signal: "traces",
    make: (bytes, nowMs) => {
      const list = message(0x2a, repeat(message(0x0a, Buffer.from([0x18, 1])), bytes));
      return spanWith(start(nowMs), message(0x1a, keyValue("list", list)), message(0x1a, sessionId));
    },
    gives: "event_data_too_large",
  },
  {
    title: "one attribute's text",
    signal: "traces",
    make: (bytes, nowMs) =>
      spanWith(start(nowMs), message(0x1a, keyValue("note", text(Buffer.alloc(bytes, "x")))), message(0x1a, sessionId)),
    gives: "attribute_too_large",
  },
  {
    title: "unknown fields of a log record",
    signal: "logs",
    make: (bytes, nowMs) =>
      Buffer.concat([
        time(nowMs),
        repeat(unknownField, bytes / 2),
        message(0x32, sessionId),
        repeat(unknownField, bytes / 2),
        eventName,
      ]),
    gives: "event",
  },
  {
    title: "attributes of a log record without a name",
    signal: "logs",
    make: (bytes) => repeat(message(0x32, sessionId), bytes),
    gives: "nothing",
  },
  {
    title: "attributes of a log record of the catalogue",
    signal: "logs",
    make: (bytes, nowMs) => Buffer.concat([time(nowMs), repeat(message(0x32, sessionId), bytes), eventName]),
    gives: "too_many_attributes",
  },
  {
    title: "unknown fields of one attribute, before the one that makes the event ours",
    signal: "logs",
    make: (bytes, nowMs) =>
      Buffer.concat([time(nowMs), message(0x32, repeat(unknownField, bytes)), message(0x32, sessionId), eventName]),
    gives: "event_data_too_large",
  },
  {
    title: "an event's name",
    signal: "traces",
    make: (bytes, nowMs) =>
      spanWith(
        time(nowMs),
        message(0x12, Buffer.alloc(bytes, "n")),
        message(0x1a, keyValue("spanledger.event.id", text("x"))),
      ),
    gives: "name_too_long",
  },
  {
    title: "attributes that all have other names",
    signal: "traces",
    make: (bytes, nowMs) =>
      spanWith(
        start(nowMs),
        message(0x1a, sessionId),
        Buffer.concat(numbered(bytes, (i) => message(0x1a, keyValue(`the-name-that-is-number-${i}`, text("x"))))),
      ),
    gives: "too_many_attributes",
  },
  {
    title: "attributes under names that are reserved",
    signal: "traces",
    make: (bytes, nowMs) =>
      spanWith(
        start(nowMs),
        message(0x1a, sessionId),
        Buffer.concat(numbered(bytes, (i) => message(0x1a, keyValue(`spanledger.the-number-${i}`, text("x"))))),
      ),
    gives: "too_many_attributes",
  },
  {
    title: "attributes with texts of 200 bytes",
    signal: "traces",
    make: (bytes, nowMs) =>
      spanWith(
        start(nowMs),
        message(0x1a, sessionId),
        repeat(message(0x1a, keyValue("note", text("x".repeat(200)))), bytes),
      ),
    gives: "too_many_attributes",
  },
];
