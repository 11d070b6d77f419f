import type { BusinessEventName } from "./event-catalogue.ts";
import type { OwnEvents } from "./own-events.ts";

/** The name of an event that neither the catalogue nor `OwnEvents` has; made by `custom`. */
export type CustomEventName = string & { readonly "made by custom()": never };

/** Says why a name is not one for `custom`. */
export interface NotCustom<Name extends string> {
  readonly "has types of its own; record it without custom()": Name;
}

/**
 * Names an event outside the catalogue and `OwnEvents`: it is stored and counted by its name, its attributes are
 * free. To have them checked, declare the event in `OwnEvents`.
 * @returns the name
 * @example recordBusinessEvent(custom("coupon.redeemed"), { code: "WELCOME" });
 */
export function custom<const Name extends string>(
  name: Name extends BusinessEventName | keyof OwnEvents ? NotCustom<Name> : Name,
): CustomEventName {
  return name as string as CustomEventName;
}
