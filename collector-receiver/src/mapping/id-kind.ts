/**
 * What makes an event's id unique. One bit each, so that a batch tells with one "or" which of them it has.
 *
 * - `ownTime`: a marked version 7 id that holds the event's time. The primary key of the rows, which begins with the time, is enough.
 * - `derived`: made by us of what the event says, its time included. The same.
 * - `ambiguous`: derived too, and nothing tells which process recorded the event: two processes may record the same.
 * - `foreign`: a marked id of another version, or an id of the log record itself. It may come again with another time, and is claimed.
 * - `offTime`: a version 7 id that holds another time than the event's. The same.
 */
export const idKind = { ownTime: 1, derived: 2, ambiguous: 4, foreign: 8, offTime: 16 } as const;
export type IdKind = (typeof idKind)[keyof typeof idKind];

/** The kinds whose ids are claimed in `analytics_event_ids`. */
export const claimedIds = idKind.foreign | idKind.offTime;

/** The kinds that we derive. */
export const derivedIds = idKind.derived | idKind.ambiguous;

/** The kind of a marked id. */
export function kindOfMark(markMs: number, occurredAtMs: number): IdKind {
  return markMs < 0 ? idKind.foreign : markMs === occurredAtMs ? idKind.ownTime : idKind.offTime;
}

/** How far the time in a version 7 mark may lie from the wire's and still be the event's. */
const markToleranceMs = 1000;

/**
 * When an event occurred: the millisecond in its mark if the wire's time lies close to it, so that a retry, and the span and log forms of
 * one event, have the same time.
 * @param markMs the time in a mark of version 7, else -1
 */
export function timeOfEvent(markMs: number, wireMs: number): number {
  return markMs >= 0 && markMs - wireMs <= markToleranceMs && wireMs - markMs <= markToleranceMs ? markMs : wireMs;
}
