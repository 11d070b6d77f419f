import type { AttributeType, CommonAttributes, TypeOfAttribute, UnlistedWord } from "./event-catalogue.ts";
import type { OwnEvents } from "./own-events.ts";

/** A text of a config may be a Date: it travels as ISO 8601 text. */
type ValueOf<A> = A extends { readonly values: readonly (infer V)[] }
  ? V | UnlistedWord
  : A extends { readonly type: "string" }
    ? string | Date
    : A extends { readonly type: infer T extends AttributeType }
      ? TypeOfAttribute[T]
      : never;
type RequiredKeys<A> = { [K in keyof A]: A[K] extends { readonly required: true } ? K : never }[keyof A];

/** Required attributes, then the optional ones. */
type AttributesIn<A> = { readonly [K in RequiredKeys<A>]: ValueOf<A[K]> } & {
  readonly [K in Exclude<keyof A, RequiredKeys<A>>]?: ValueOf<A[K]> | null | undefined;
};

/** The events that a `spanledger.config.ts` defines, with what each takes. */
export type EventsOf<Config extends { readonly events: object }> = {
  readonly [N in keyof Config["events"]]: Config["events"][N] extends { readonly attributes: infer A }
    ? AttributesIn<A>
    : unknown;
};

/** The attributes that identify a case, a person or an agent; every event of your own may carry them. */
export interface Identifiers {
  readonly session_id?: string | null | undefined;
  readonly agent_id?: number | bigint | null | undefined;
  readonly ticket_id?: number | bigint | null | undefined;
}

/** Attributes of an event of your own: its own, and those that every event may carry. */
export type OwnAttributesOf<N extends keyof OwnEvents> = OwnEvents[N] &
  Omit<Identifiers & CommonAttributes, keyof OwnEvents[N]>;
