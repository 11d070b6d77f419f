/** What was ignored, and what to do if it was meant to count. */
export interface IgnoredReasonDescription {
  readonly meaning: string;
  readonly action: string;
}

/**
 * Why something in a request is not a business event: `reason` of `spanledger_ignored_total`. All but the first are near misses.
 * What is written to nobody's name is counted only, never stored.
 */
export const ignoredReasons = {
  foreign_name: {
    meaning: "A span event or log record without `spanledger.event.id`, whose name is not one of ours.",
    action: "Nothing: other libraries' events and ordinary logs look like this.",
  },
  close_name: {
    meaning:
      "The same, but its name is almost one of ours: another case, spaces, `_` or `-` in place of the dot, or one letter off, such as ` Session.Start ` or `session_start`.",
    action: "Write the name as the catalogue does, or mark the event.",
  },
  close_attribute: {
    meaning:
      "An unmarked event with a name of ours has none of the attributes that it requires, but one that is written almost like it, such as `sessionId` or `session.id`.",
    action:
      "Write the attribute as the catalogue does: `session_id`. A browser SDK's own `session.start` is rightly ignored.",
  },
  no_required_attribute: {
    meaning: "An unmarked event with a name of ours has none of the attributes that it requires.",
    action: "Send the attributes, or mark the event: it is then rejected with the reason.",
  },
  payload_in_body: {
    meaning:
      "A log record's body holds what should be its name or its attributes: a text such as `session.start`, JSON, a list, or a key-value list with the name or the mark.",
    action: "Send `EventName` and the mark beside the body. The other data may stay there, as a key-value list.",
  },
  wrong_signal: {
    meaning: "A span has the name and an attribute of a business event, and carries no span event.",
    action: "Add the event to the span (`addEvent`), or send a log record. A span itself does not count.",
  },
  wrong_type: {
    meaning: "A list of JSON, or an element of one, has the wrong type: whatever it was meant to hold is passed over.",
    action: "Send arrays of objects, as OTLP's JSON has them.",
  },
  unknown_json_member: {
    meaning:
      "A member of JSON whose name OTLP does not know, counted each time. Later versions of OTLP have more names.",
    action: "Compare the names with OTLP's: `scopeSpans`, `logRecords`, `timeUnixNano`.",
  },
  incomplete_report: {
    meaning: "A source's report of what it has sent lacks `spanledger.source.id`, or its tenant is not a valid one.",
    action: "Use our SDK's reports as they are; they are evidence of loss, and carry no event.",
  },
  unknown_ai_operation: {
    meaning:
      "A span of a service in `aiCalls.services` has a `gen_ai.operation.name` that no list knows, so that it is not counted as a call of a model.",
    action: "If it is one, record it as `ai.call`, and tell us the name.",
  },
  unusable_ai_call: {
    meaning:
      "A span that is a call of a model has no valid trace or span id, no end, an end that is not kept or lies ahead, or no valid tenant.",
    action: "Send spans as an OpenTelemetry SDK makes them, with the time of a synchronised clock.",
  },
} as const satisfies Readonly<Record<string, IgnoredReasonDescription>>;

export type IgnoredReason = keyof typeof ignoredReasons;

/** Reasons that are given to something else than a span event or log record: they are not among the events that were received. */
export const reasonsBesideEvents: ReadonlySet<IgnoredReason> = new Set([
  "wrong_signal",
  "unknown_json_member",
  "unknown_ai_operation",
  "unusable_ai_call",
]);
