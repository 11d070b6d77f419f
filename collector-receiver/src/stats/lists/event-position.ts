import { shorten } from "../report-period.ts";
import { RequestError } from "../request-error.ts";

/** Where a page of events begins: after this one. */
export interface EventPosition {
  readonly occurredAtMs: number;
  readonly eventId: string;
}

export function encodePosition({ occurredAtMs, eventId }: EventPosition): string {
  return `${occurredAtMs}_${eventId}`;
}

/** @throws RequestError if `after` is none that `encodePosition` gave */
export function decodePosition(after: string): EventPosition {
  const match = /^(\d{1,14})_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/.exec(after);
  if (match !== null) return { occurredAtMs: Number(match[1]), eventId: match[2] as string };
  throw new RequestError(
    "invalid_parameter",
    `after = "${shorten(after)}" is not a page position; follow the link to the next page`,
    "after",
  );
}
