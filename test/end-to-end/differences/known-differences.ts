import type { Body, BothWays } from "./open-both-ways.ts";

/** A difference between the receiver and the Collector that is meant to be. */
export interface KnownDifference {
  readonly title: string;
  /** Why we differ. */
  readonly why: string;
  /** The least that differs so. */
  readonly body: Body;
  /** True of any request that differs for this reason, of the body's encoding. */
  readonly explains: (ways: BothWays, body: Body) => boolean;
}

const json = (text: string): Body => ({ encoding: "json", signal: "traces", bytes: Buffer.from(text, "latin1") });
const span = (members: string): Body => json(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${members}}]}]}]}`);
const ids = `"traceId":"${"1".repeat(32)}","spanId":"${"2".repeat(16)}"`;
const eventWith = (value: string): string =>
  `${ids},"events":[{"timeUnixNano":"1766664000000000000","name":"session.start","attributes":[{"key":"session_id","value":{"stringValue":"s"}},{"key":"a","value":{${value}}}]}]`;
const attribute = (value: string): Body => span(eventWith(value));
const protobuf = (...bytes: number[]): Body => ({ encoding: "protobuf", signal: "traces", bytes: Buffer.from(bytes) });

/** The Collector refuses the request, with these words; we take what can be read. */
const refusedByCollector =
  (says: RegExp): KnownDifference["explains"] =>
  ({ direct, through }) =>
    direct.refused === undefined && through.refused !== undefined && says.test(through.refused);
/** We refuse it, with these words. */
const refusedByUs =
  (says: RegExp): KnownDifference["explains"] =>
  ({ direct, through }) =>
    through.refused === undefined && direct.refused !== undefined && says.test(direct.refused);
/** Both take it, and make something else of what the body has there. */
const readOtherwise =
  (holds: RegExp): KnownDifference["explains"] =>
  ({ direct, through }, { bytes }) =>
    direct.refused === undefined && through.refused === undefined && holds.test(bytes.toString("latin1"));

/** We refuse it because it is not JSON. */
const notJson: KnownDifference["explains"] = (ways, { bytes }) => {
  if (!refusedByUs(/^Expected /)(ways, { encoding: "json", signal: "traces", bytes })) return false;
  try {
    JSON.parse(bytes.toString());
    return false;
  } catch {
    return true;
  }
};

const namelessMember = /""\s*:/;
const oneEvent =
  "OTLP does not allow the value. It is the rejection of the event that it stands in, and elsewhere it is passed over; the Collector refuses the request.";
const notRead = "We do not read what no event depends on.";

export const knownDifferences: readonly KnownDifference[] = [
  {
    title: "a time, count or double that is not one",
    why: oneEvent,
    body: span('"startTimeUnixNano":"x"'),
    explains: refusedByCollector(/"(?:ReadUint64|readUint64|ReadUint32|readUint32|ReadFloat64|strconv\.ParseFloat): /),
  },
  {
    title: "an integer beyond 64 bits, or written with a fraction or an exponent",
    why: "OpenTelemetry JS sends the number 1e21 so. It is kept as a double, and 7.0 as 7.",
    body: attribute('"intValue":"9223372036854775808"'),
    explains: refusedByCollector(/"(?:ReadInt64|ReadInt32): /),
  },
  {
    title: "a fraction where an integer is expected",
    why: oneEvent,
    body: attribute('"intValue":1.5'),
    explains: refusedByCollector(/"assertInteger: /),
  },
  {
    title: "a value that is not an object, or a number with an exponent, which the Collector's reader stops in",
    why: oneEvent,
    body: span('"status":7'),
    explains: refusedByCollector(/"ReadObject: expect /),
  },
  {
    title: "a value that is not an array",
    why: oneEvent,
    body: span('"links":7'),
    explains: refusedByCollector(/"ReadArray: expect /),
  },
  {
    title: "a value that is not a text",
    why: oneEvent,
    body: span('"traceState":7'),
    explains: refusedByCollector(/"ReadString: expects /),
  },
  {
    title: "an id that is not a text",
    why: oneEvent,
    body: span('"traceId":null'),
    explains: refusedByCollector(/"ReadStringAsSlice: expects /),
  },
  {
    title: "an id of another length, or that is not hexadecimal",
    why: "The event is rejected (`invalid_trace_context`); a span without events of ours concerns nobody here.",
    body: span('"traceId":"1"'),
    explains: refusedByCollector(/"ID\.UnmarshalJSONIter: /),
  },
  {
    title: "a boolean that is not one",
    why: oneEvent,
    body: attribute('"boolValue":1'),
    explains: refusedByCollector(/"ReadBool: expect /),
  },
  {
    title: "base64 without padding, or that of URLs",
    why: "The bytes are clear. What is not base64 at all is the event's rejection.",
    body: attribute('"bytesValue":"aGk"'),
    explains: refusedByCollector(/"base64\.Decode: /),
  },
  {
    title: "an enum of another kind or name",
    why: notRead,
    body: span('"kind":true'),
    explains: refusedByCollector(/"ReadEnumValue: /),
  },
  {
    title: "a refusal whose message the Collector cannot write",
    why: "Its message quotes the body, which is cut within a character there: it answers 500.",
    body: span(`"flags":-1,"name":"${"\u00e4".repeat(7)}"`),
    explains: refusedByCollector(/failed to marshal error message/),
  },
  {
    title: "a request without a member that OTLP knows",
    why: "It is another message than the path says, and would be lost without a word.",
    body: json('{"ResourceSpans":[]}'),
    explains: refusedByUs(/^Expected the member /),
  },
  {
    title: "bytes behind the end of the JSON",
    why: "The Collector reads the first value and drops the rest, such as the second line of a file of requests.",
    body: json("{}x"),
    explains: notJson,
  },
  {
    title: "a request that is null",
    why: "JSON's object is missing.",
    body: json("null"),
    explains: refusedByUs(/^Expected an object, /),
  },
  {
    title: "broken JSON behind a member without a name",
    why: "The Collector stops reading there, and takes what came before.",
    body: json('{"":[1 2]}'),
    explains: notJson,
  },
  {
    title: "a bracket or comma too many, or one that is missing",
    why: "It is not JSON. The Collector's reader takes `]` for an empty array and `}` for an empty object.",
    body: json('{"resourceSpans":]}'),
    explains: notJson,
  },
  {
    title: "a control character within base64 or an id",
    why: "It is not JSON. The Collector checks other texts for them, and not these.",
    body: attribute('"bytesValue":"aGk=\n"'),
    explains: notJson,
  },
  {
    title: "a member without a name",
    why: "The Collector takes it for the end of the object, and drops what follows.",
    body: json(`{"":1,"resourceSpans":[{"scopeSpans":[{"spans":[{${eventWith('"intValue":1')}}]}]}]}`),
    explains: readOtherwise(namelessMember),
  },
  {
    title: "null as a value",
    why: "Nothing is nothing; the Collector makes an empty text, list or map of it.",
    body: attribute('"stringValue":null'),
    explains: readOtherwise(/"(?:string|array|kvlist)(?:Value|_value)"\s*:\s*null/),
  },
  {
    title: "a double in hexadecimal or with underscores",
    why: "Go reads its own syntax there, and no encoder writes it: the event is rejected (`malformed_value`).",
    body: attribute('"doubleValue":"0x1p4"'),
    explains: readOtherwise(/"double(?:Value|_value)"\s*:\s*"[+-]?(?:0[xX]|[0-9]+_)/),
  },
  {
    title: "half of a surrogate pair",
    why: "The text is not one that PostgreSQL stores: the event is rejected (`invalid_unicode`). The Collector writes U+FFFD in its place.",
    body: attribute('"stringValue":"\\ud800"'),
    explains: readOtherwise(/\\u[dD][89a-fA-F]/),
  },
  {
    title: "scopes by the names that they had until 2022",
    why: "OpenTelemetry SDKs of that time send them; the Collector drops them.",
    body: json(`{"resourceSpans":[{"instrumentationLibrarySpans":[{"spans":[{${eventWith('"intValue":1')}}]}]}]}`),
    explains: readOtherwise(/"(?:instrumentation|deprecated)/),
  },
  {
    title: "a protobuf message that ends early, within what nobody reads",
    why: notRead,
    body: protobuf(0x0a, 0x04, 0x0a, 0x02, 0x0a, 0x7f),
    explains: refusedByCollector(/unexpected EOF/),
  },
  {
    title: "another wire type of a field that nobody reads",
    why: notRead,
    body: protobuf(0x0a, 0x04, 0x0a, 0x02, 0x08, 0x01),
    explains: refusedByCollector(
      /wrong wireType|illegal wireType|illegal field|unexpected end of group|integer overflow/,
    ),
  },
  {
    title: "a group, which protobuf had before OTLP",
    why: "No sender of OTLP writes one: the body is another message.",
    body: protobuf(0x23, 0x28, 0x01),
    explains: refusedByUs(/^Wire type [34] is not used in OTLP/),
  },
];
