/** What `recordBusinessEvent` accepts, for the types alone: every mistake is an error that names the attribute. */
import type { CustomEventName } from "./custom-event.ts";
import type { AttributesOf, AttributeValue, BusinessEventName, UnlistedWord } from "./event-catalogue.ts";
import type { OwnAttributesOf } from "./own-attributes.ts";
import type { OwnEvents } from "./own-events.ts";

/** A name of the catalogue, or one of `OwnEvents`. */
// While a product has no pattern of names there is nothing to override.
// oxlint-disable-next-line typescript/no-redundant-type-constituents
export type KnownEventName = BusinessEventName | (keyof OwnEvents & string);

/** The event has no attribute of this name. */
export interface UnknownAttribute<Attribute, Event> {
  readonly "unknown attribute": Attribute;
  readonly "of event": Event;
}
/** The value is not one of the list. */
export interface UnlistedValue<Attribute, Listed> {
  readonly "value outside the list of": Attribute;
  readonly "one of": Listed;
}
/** The value is of another type. */
export interface WrongValue<Attribute, Wanted> {
  readonly "wrong value of": Attribute;
  readonly "has to be": Wanted;
}
/** The event cannot be recorded without attributes. */
export interface MissingAttributes<Event, Attributes> {
  readonly event: Event;
  readonly "needs the attributes": Attributes;
}

/** Everything but null and undefined. */
// oxlint-disable-next-line typescript/no-empty-object-type
type Something = {};
type FreeAttributes = Readonly<Record<string, AttributeValue>>;

/** The attributes of an event by its name; those of a custom event are free. */
type Known<N> = N extends BusinessEventName
  ? AttributesOf<N>
  : N extends keyof OwnEvents
    ? OwnAttributesOf<N>
    : FreeAttributes;

// For a name that may be one of several, each event's attributes are known.
type KeysOf<T> = T extends unknown ? keyof T : never;
type ValueAt<T, K> = T extends unknown
  ? K extends keyof T
    ? // An optional attribute may be null or undefined, which mean absent.
      T[K] | (Something extends Pick<T, K> ? null | undefined : never)
    : never
  : never;

/** The attributes `T`, of which the context may give some. A value may also be an `Else`. */
type Keys<T, FromContext, Else> = string extends keyof T
  ? // An interface has no index signature.
    object
  : T extends unknown
    ? { [K in keyof T as K extends FromContext ? never : K]: T[K] | Else } & {
        [K in keyof T as K extends FromContext ? K : never]?: T[K] | Else | null | undefined;
      }
    : never;
type RequiredKeys<T> = T extends unknown
  ? { [K in keyof T]-?: Something extends Pick<T, K> ? never : K }[keyof T]
  : never;

type OrNone<N, FromContext, Attributes> = [RequiredKeys<Known<N>>] extends [FromContext]
  ? Attributes | null | undefined
  : Attributes;

/**
 * The keys that an event takes, for completion and for what is missing, with any value: values are judged one by one,
 * so that the error names the attribute.
 */
export type Expected<N, FromContext> = OrNone<
  N,
  FromContext,
  Keys<Known<N>, FromContext, Something | null | undefined>
>;
/** What an event takes; if a caller names the types, nothing is inferred. */
export type Exact<N, FromContext> = OrNone<N, FromContext, Keys<Known<N>, FromContext, never>>;

/** A literal, or a union of literals; no `string`, no template with a `string` in it. */
type IsLiteral<V extends string> = Something extends Record<V, 1> ? false : true;
type IsAny<V> = 0 extends 1 & V ? true : false;

/** The part of a value's type that the attribute does not take. */
type Misfit<T, V> = V extends T
  ? never
  : V extends string
    ? UnlistedWord extends T
      ? IsLiteral<V> extends false
        ? never
        : // A member of an enum is its text.
          `${V}` extends T
          ? never
          : V
      : V
    : V;
type Unrecordable = ((...input: never) => unknown) | symbol;
/** What is taken if nothing is known of the attribute: everything but functions and symbols. */
type Recordable<V> = V extends Unrecordable ? V : never;

type Judged<N, K, T, V> =
  IsAny<V> extends true
    ? unknown
    : [T] extends [never]
      ? string extends K
        ? unknown
        : UnknownAttribute<K, N>
      : unknown extends T
        ? unknown
        : [AttributeValue] extends [T]
          ? [Recordable<V>] extends [never]
            ? unknown
            : WrongValue<K, AttributeValue>
          : [Misfit<T, V>] extends [never]
            ? unknown
            : UnlistedWord extends T
              ? [Misfit<T, V>] extends [string]
                ? UnlistedValue<K, Exclude<T, UnlistedWord | null | undefined>>
                : WrongValue<K, string>
              : WrongValue<K, Exclude<T, null | undefined>>;

// Nothing but equal types make the two functions equal.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
type Same<X, Y> = (<T>() => T extends X ? 1 : 2) extends <T>() => T extends Y ? 1 : 2 ? true : false;

/** What `A` has to be: for each wrong attribute a type that says what is wrong. */
export type Checked<N, FromContext, A> =
  Same<Exact<N, FromContext>, A> extends true
    ? unknown
    : [A] extends [null | undefined]
      ? unknown
      : {
          readonly [K in keyof A]: Judged<
            N,
            K,
            K extends KeysOf<Known<N>>
              ? ValueAt<Known<N>, K> | (K extends FromContext ? null | undefined : never)
              : never,
            A[K]
          >;
        };

/** `N` if the event needs no attribute. */
export type NeedsNone<N> = N extends KnownEventName | CustomEventName
  ? [RequiredKeys<Known<N>>] extends [never]
    ? N
    : MissingAttributes<N, RequiredKeys<Known<N>>>
  : KnownEventName | CustomEventName;

type CatalogueKeys = KeysOf<Known<BusinessEventName>>;

/** Attributes of no event in particular: those of the catalogue are checked, others are free. */
export type CheckedContext<A> = {
  readonly [K in keyof A]: Judged<
    string,
    K,
    K extends CatalogueKeys ? ValueAt<Known<BusinessEventName>, K> | null | undefined : AttributeValue,
    A[K]
  >;
};

type Plain<T> = T extends UnlistedWord ? string : T;
type PathPart<T> = T extends UnlistedWord ? `:${string}` : T;

/** The same for an option, which knows no more of a listed text than that it is one. */
export type ContextAttributes = {
  readonly [K in CatalogueKeys]?: Plain<ValueAt<Known<BusinessEventName>, K>> | null | undefined;
} & FreeAttributes;

/** Attributes that a rule of `httpEvents` names: a text may stand for a part of the path. */
export type RuleAttributes<N> = { readonly [K in keyof Known<N>]?: PathPart<Known<N>[K]> | null | undefined };
/** Attributes that a rule's function gives. */
export type GivenAttributes<N> = { readonly [K in keyof Known<N>]?: Plain<Known<N>[K]> | null | undefined };
