import type { AttributeKey, AttributeRule } from "./event-plan.ts";
import { describeBytes, describeJson } from "./describe-value.ts";
import { textState, type TextState } from "./event-data-arena.ts";
import type { RejectionCodeName } from "./rejection-codes.ts";

/** The first thing that is wrong with an event. */
export interface EventProblem {
  readonly code: RejectionCodeName;
  /** What is wrong with which value. */
  readonly text: string;
  /** The value, if it is a number: a text may say who somebody is. */
  readonly value?: number;
}

/** @param value as a person reads it: `7`, `the text "x"`, `an array` */
export function wrongType(key: AttributeKey, rule: AttributeRule, value: string): EventProblem {
  return { code: "wrong_type", text: `${quoteKey(key)} is ${value}, ${rule.type} is expected` };
}

/** @param expected what OTLP allows in JSON at this place */
export function malformedValue(
  key: AttributeKey,
  expected: string,
  bytes: Buffer,
  start: number,
  end: number,
): EventProblem {
  const value = describeJson(bytes, start, end);
  return { code: "malformed_value", text: `${quoteKey(key)} is ${value}, OTLP/JSON expects ${expected}` };
}

/** An attribute whose name cannot be told. */
export function malformedAttribute(expected: string, bytes: Buffer, start: number, end: number): EventProblem {
  const value = describeJson(bytes, start, end);
  return { code: "malformed_value", text: `An attribute is ${value}, OTLP/JSON expects ${expected}` };
}

export function textTooLong(key: AttributeKey, rule: AttributeRule, value: string): EventProblem {
  return {
    code: "value_too_long",
    text: `${quoteKey(key)} is ${value}, at most ${rule.maxLength} characters are allowed`,
  };
}

export function notExact(key: AttributeKey, value: string): EventProblem {
  return { code: "out_of_range", text: `${quoteKey(key)} is ${value}, beyond 2^53 a number is not exact` };
}

export function outOfBounds(key: AttributeKey, rule: AttributeRule, value: number): EventProblem {
  const bound = value < rule.minimum ? `at least ${rule.minimum}` : `at most ${rule.maximum}`;
  return { code: "out_of_range", text: `${quoteKey(key)} is ${value}, ${bound} is allowed`, value };
}

export function notFinite(key: AttributeKey, value: string): EventProblem {
  return { code: "not_finite", text: `${quoteKey(key)} is ${value}` };
}

export function nestedTooDeeply(key: AttributeKey, levels: number): EventProblem {
  return { code: "nested_too_deeply", text: `${quoteKey(key)} holds values in more than ${levels} levels` };
}

export function tooManyAttributes(key: AttributeKey, count: number, max: number): EventProblem {
  return {
    code: "too_many_attributes",
    text: `${quoteKey(key)} is attribute number ${count}, at most ${max} are allowed`,
  };
}

export function eventTooLarge(key: AttributeKey, maxBytes: number): EventProblem {
  return { code: "event_data_too_large", text: `At ${quoteKey(key)} the event exceeds ${maxBytes} bytes` };
}

export function invalidTooLarge(maxBytes: number): EventProblem {
  return {
    code: "event_data_too_large",
    text: `With the list of its invalid values the event exceeds ${maxBytes} bytes`,
  };
}

export function attributeTooLarge(key: AttributeKey, bytes: number, maxBytes: number): EventProblem {
  return {
    code: "attribute_too_large",
    text: `${quoteKey(key)} has ${bytes} bytes, at most ${maxBytes} are allowed`,
  };
}

/** @param what whose text it is, such as a quoted key */
export function badText(state: TextState, what: string, bytes: Buffer, start: number, end: number): EventProblem {
  const nul = state === textState.nul;
  return {
    code: nul ? "nul_character" : "invalid_unicode",
    text: `${what} ${nul ? "contains U+0000" : "is not valid UTF-8"}: ${describeBytes(bytes, start, end)}`,
  };
}

export function quoteKey(key: AttributeKey): string {
  return `\`${describeBytes(key.bytes, 0, key.bytes.length).slice(1, -1)}\``;
}
