/**
 * The closed list of reasons for which an event that is ours is not counted. It stands in
 * `analytics_rejected_events.code`, in OTLP's `partial_success` and in the documentation.
 */
export interface RejectionCode {
  /** What was wrong. */
  readonly meaning: string;
  /** What to do about it. */
  readonly action: string;
}

export const rejectionCodes = {
  invalid_event_id: {
    meaning: "`spanledger.event.id` is not a UUID, or it is the nil UUID.",
    action: "Send a UUID (best version 7, made from the event's time), or leave the attribute out.",
  },
  invalid_trace_context: {
    meaning: "The span's trace id or span id is missing, all zero, of the wrong length or not a text.",
    action: "Send 16 bytes of trace id and 8 of span id; an event without a trace goes in a log record.",
  },
  missing_name: {
    meaning: "The event carries our mark but has no name.",
    action: "Name the span event, or set EventName of the log record.",
  },
  name_too_long: {
    meaning: "The event's name has more than 50 characters.",
    action: "Use a shorter name; details belong in attributes.",
  },
  missing_time: {
    meaning: "The event has no time, or its time is zero.",
    action: "Set the time in nanoseconds since 1970.",
  },
  invalid_time: {
    meaning:
      "The event's time (in JSON) is not a count of nanoseconds: a date, a negative or fractional number, an empty text.",
    action: "Set the time in nanoseconds since 1970, as a decimal text.",
  },
  time_before_2000: {
    meaning: "The event's time lies before 2000-01-01.",
    action: "Set the time in nanoseconds since 1970 (seconds or milliseconds are a frequent mistake).",
  },
  too_old: {
    meaning: "The event lies before the start of what is kept; its period is sealed.",
    action: "Nothing, or raise the retention before it passes.",
  },
  in_the_future: {
    meaning:
      "The event's time is more than a year ahead of PostgreSQL's clock, or its tenant has 64 MiB of events a day whose time has not come.",
    action: "Set the sender's clock, then replay once the time has come.",
  },
  missing_attribute: {
    meaning: "An attribute that a counter cannot do without is absent or empty.",
    action: "Send the attribute.",
  },
  wrong_type: {
    meaning: "An attribute has another type than in the catalogue; numbers in strings are not numbers.",
    action: "Send the type that the catalogue names.",
  },
  malformed_value: {
    meaning:
      "A value in JSON is not valid OTLP: `boolValue` in quotes, a fraction in `intValue`, broken base64, a plain value or array.",
    action: "Send the value as OTLP/JSON writes it, or send protobuf.",
  },
  out_of_range: {
    meaning: "A number is below the minimum, above the maximum, or larger than its column.",
    action: "Send a value within the range, in the unit that the catalogue names.",
  },
  not_finite: {
    meaning: "A number of the catalogue is NaN or infinite.",
    action: "Send a finite number, or leave the attribute out.",
  },
  value_too_long: {
    meaning: "A text is longer than the catalogue allows.",
    action: "Send a shorter value.",
  },
  nul_character: {
    meaning: "A name or a text contains U+0000, which PostgreSQL cannot store.",
    action: "Remove the character.",
  },
  invalid_unicode: {
    meaning: "A name or a text is not valid UTF-8, or contains half of a surrogate pair.",
    action: "Cut text between characters, not within one.",
  },
  attribute_too_large: {
    meaning: "One attribute is larger than an event may hold.",
    action: "Send a reference to the content instead of the content.",
  },
  event_data_too_large: {
    meaning: "All attributes together are larger than an event may hold.",
    action: "Send fewer or smaller attributes.",
  },
  too_many_attributes: {
    meaning: "The event has more attributes than an event may hold.",
    action: "Send fewer attributes.",
  },
  nested_too_deeply: {
    meaning: "An attribute holds arrays or maps within each other beyond the limit.",
    action: "Send flat attributes.",
  },
  invalid_tenant: {
    meaning: "`spanledger.tenant` of the resource is not a tenant's name.",
    action: "Name the tenant with 1 to 64 letters, digits, dots, dashes or underscores.",
  },
  refused_by_database: {
    meaning: "PostgreSQL refused the row as data.",
    action: "Read the reason; after a correction, replay.",
  },
} as const satisfies Record<string, RejectionCode>;

export type RejectionCodeName = keyof typeof rejectionCodes;
