import type { Checked, KnownEventName, Exact, Expected, NeedsNone } from "./checked-attributes.ts";
import type { CustomEventName } from "./custom-event.ts";
import type { RecordOptions } from "./recording/event-recorder.ts";
import { pipeline } from "./shared-pipeline.ts";

/**
 * Records one business event. Synchronous, without I/O; in production it never throws. The attributes
 * are read now: changing the object later changes nothing.
 *
 * Required attributes that the surrounding `withBusinessContext` gives may be left out of `attributes`
 * by naming the type: `recordBusinessEvent<"session.message", "session_id">(…)`.
 * @param name an event of the catalogue, one of `OwnEvents`, or `custom("…")` for any other (counted by name)
 * @param attributes flat: strings, finite numbers, booleans, arrays of one of them; null means absent
 * @throws BusinessEventError on wrong use, under `NODE_ENV=test` or with the option `strict` only
 */
export function recordBusinessEvent<const N extends string>(name: NeedsNone<N>): void;
export function recordBusinessEvent<
  const N extends KnownEventName | CustomEventName,
  FromContext extends string = never,
  const A extends Expected<N, FromContext> & Checked<N, FromContext, A> = Exact<N, FromContext>,
>(name: N, attributes: A, options?: RecordOptions | null): void;
export function recordBusinessEvent(
  name: string,
  attributes?: Readonly<Record<string, unknown>> | null,
  options?: RecordOptions | null,
): void {
  pipeline.recorder.record(name, attributes, options);
}
