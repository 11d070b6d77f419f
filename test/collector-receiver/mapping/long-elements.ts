/** Requests whose one element is itself as long as a request, for tests of what they cost others. */

export const message = (tag: number, ...contents: Buffer[]) => {
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
];
