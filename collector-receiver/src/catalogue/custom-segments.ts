import type { LocalText } from "./local-text.ts";

/** An attribute by whose values figures are split. */
export interface CustomDimension extends Partial<LocalText> {
  /** What counts as it is written; every other value counts as the receiver says. Sorted. */
  readonly values: readonly string[];
}

/** Declared values by event and attribute; `service_name` stands for the product of a `session.start`. */
export type CustomSegments = Readonly<Record<string, Readonly<Record<string, CustomDimension>>>>;

/** Stands before an attribute among the metrics that wait for a rebuild; no metric's name has a dot. */
const segmentsPrefix = "segments.";

/** What stands for an attribute among the metrics that wait for a rebuild. */
export function segmentKey(event: string, attribute: string): string {
  return `${segmentsPrefix}${event}.${attribute}`;
}

/** The event and attribute that a key of `segmentKey` stands for, as a text; undefined if it is something else's. */
export function attributeOfSegmentKey(key: string): string | undefined {
  return key.startsWith(segmentsPrefix) ? key.slice(segmentsPrefix.length) : undefined;
}
