import type { RejectionCodeName } from "./rejection-codes.ts";

/** An attribute whose value was left out of its event. */
export interface InvalidValue {
  readonly attribute: string;
  readonly code: RejectionCodeName;
  /** The value, if it is a number. */
  readonly value: number | null;
}

/** Where `event_data` says which values were left out; a product's own attributes cannot have the name. */
export const invalidKey = "spanledger.invalid";

/** What `event_data` says of one of them. */
export type InvalidNote = Partial<InvalidValue> & Pick<InvalidValue, "code">;

/** Stands for attributes that the catalogue does not know. */
export const otherAttribute = "other";

/** What is wrong with a value, so that the rest of its event can be taken. */
const codes: ReadonlySet<RejectionCodeName> = new Set([
  "invalid_unicode",
  "nul_character",
  "not_finite",
  "out_of_range",
  "value_too_long",
  "wrong_type",
]);

/** True if a problem is one of a value, not of the whole event: an optional attribute is then left out alone. */
export function spoilsValueOnly(code: RejectionCodeName): boolean {
  return codes.has(code);
}

/** The member of `event_data` that lists what was left out, behind a comma. */
export function writeInvalidValues(invalid: readonly InvalidValue[]): Buffer {
  const byAttribute = Object.fromEntries(
    invalid.map(({ attribute, code, value }) => [attribute, value === null ? { code } : { code, value }]),
  );
  return Buffer.from(`,"${invalidKey}":${JSON.stringify(byAttribute)}`);
}
