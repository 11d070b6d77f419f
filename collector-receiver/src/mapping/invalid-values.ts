import type { RejectionCodeName } from "./rejection-codes.ts";

/** An attribute whose value was left out of its event. */
export interface InvalidValue {
  readonly attribute: string;
  /** False for a name that neither the catalogue nor the product's own events know: it may be anything. */
  readonly isDeclared: boolean;
  readonly code: RejectionCodeName;
  /** The value, if it is a number. */
  readonly value: number | null;
}

/** Where `event_data` says which values were left out; a product's own attributes cannot have the name. */
export const invalidKey = "spanledger.invalid";

/** What `event_data` says of one of them. */
export interface InvalidNote {
  readonly code: RejectionCodeName;
  readonly value?: number;
  /** Set if the name is not declared. */
  readonly undeclared?: true;
}

/** The values that were left out of an event, by attribute. */
export type InvalidNotes = Readonly<Record<string, InvalidNote>>;

/** Stands for attributes that are not declared. */
export const otherAttribute = "other";

export function notesOfInvalid(invalid: readonly InvalidValue[]): InvalidNotes {
  return Object.fromEntries(
    invalid.map(({ attribute, isDeclared, code, value }): [string, InvalidNote] => [
      attribute,
      { code, ...(value === null ? {} : { value }), ...(isDeclared ? {} : { undeclared: true }) },
    ]),
  );
}

/** What is wrong with a value, so that the rest of its event can be taken. */
const codes: ReadonlySet<RejectionCodeName> = new Set([
  "attribute_too_large",
  "invalid_unicode",
  "nested_too_deeply",
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
  return Buffer.from(`,"${invalidKey}":${JSON.stringify(notesOfInvalid(invalid))}`);
}
