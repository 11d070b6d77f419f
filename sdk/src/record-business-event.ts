import type { AttributesOf, AttributeValue, BusinessEventName } from "./event-catalogue.ts";
import type { OwnAttributesOf, OwnEvents } from "./own-events.ts";
import type { RecordOptions } from "./recording/event-recorder.ts";
import { pipeline } from "./shared-pipeline.ts";

/** Any name outside the catalogue and `OwnEvents`; a name of those is checked against them. */
// Until a product adds its own, there are none.
// oxlint-disable-next-line typescript/no-redundant-type-constituents
export type CustomEventName<N extends string> = N extends BusinessEventName | keyof OwnEvents ? never : N;

/** As `Omit`, which would lose every named attribute here: to it, the index signature beside them is all keys. */
type Without<Attributes, Names extends string> = {
  [K in keyof Attributes as K extends Names ? never : K]: Attributes[K];
};

/**
 * Records one business event. Synchronous, without I/O; in production it never throws. The attributes
 * are read now: changing the object later changes nothing.
 *
 * Required attributes that the surrounding `withBusinessContext` gives may be left out of `attributes`
 * by naming the type: `recordBusinessEvent<"session.message", "session_id">(…)`.
 * @param name an event of the catalogue, one of `OwnEvents`, or a name of your own (counted by name)
 * @param attributes flat: strings, finite numbers, booleans, arrays of one of them; null means absent
 * @throws BusinessEventError on wrong use, under `NODE_ENV=test` or with the option `strict` only
 */
export function recordBusinessEvent<N extends BusinessEventName, FromContext extends string = never>(
  name: N,
  attributes: Without<AttributesOf<N>, FromContext> & { readonly [K in NoInfer<FromContext>]?: AttributeValue },
  options?: RecordOptions,
): void;
export function recordBusinessEvent<N extends keyof OwnEvents, FromContext extends string = never>(
  name: N,
  attributes: Without<OwnAttributesOf<N>, FromContext> & { readonly [K in NoInfer<FromContext>]?: AttributeValue },
  options?: RecordOptions,
): void;
export function recordBusinessEvent<N extends string>(
  name: CustomEventName<N>,
  attributes?: Readonly<Record<string, AttributeValue>>,
  options?: RecordOptions,
): void;
export function recordBusinessEvent(
  name: string,
  attributes?: Readonly<Record<string, unknown>>,
  options?: RecordOptions,
): void {
  pipeline.recorder.record(name, attributes, options);
}
