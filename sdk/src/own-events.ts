import type { AttributeType, AttributeValue, commonAttributes } from "./event-catalogue.ts";

/**
 * Events of your own, for `recordBusinessEvent` to check as it checks the catalogue's. Empty until a product adds
 * its definitions, as with any registry that TypeScript merges:
 *
 * ```ts
 * import type config from "./spanledger.config.ts";
 * declare module "@spanledger/sdk" {
 *   interface OwnEvents extends EventsOf<typeof config> {}
 * }
 * ```
 */
// oxlint-disable-next-line typescript/no-empty-object-type
export interface OwnEvents {}

interface TypeOfAttribute {
  string: string;
  int: number;
  double: number;
  boolean: boolean;
}

type ValueOf<A> = A extends { readonly type: infer T extends AttributeType } ? TypeOfAttribute[T] : never;
type RequiredKeys<A> = { [K in keyof A]: A[K] extends { readonly required: true } ? K : never }[keyof A];

/** What an event takes: its required attributes, and the others where there is something to say. */
type AttributesIn<A> = { readonly [K in RequiredKeys<A>]: ValueOf<A[K]> } & {
  readonly [K in Exclude<keyof A, RequiredKeys<A>>]?: ValueOf<A[K]> | null | undefined;
};

/** The events that a `spanledger.config.ts` defines, with what each takes. */
export type EventsOf<Config extends { readonly events: object }> = {
  readonly [N in keyof Config["events"]]: Config["events"][N] extends { readonly attributes: infer A }
    ? AttributesIn<A>
    : unknown;
};

/** Attributes of an event of your own; those that its definition does not name are kept as they are. */
export type OwnAttributesOf<N extends keyof OwnEvents> = OwnEvents[N] & {
  readonly [K in keyof typeof commonAttributes]?: ValueOf<(typeof commonAttributes)[K]> | null | undefined;
} & { readonly [attribute: string]: AttributeValue };
