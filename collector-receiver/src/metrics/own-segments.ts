import type { CustomSegments } from "../catalogue/custom-segments.ts";
import { attributeCounters, openRule, ownRule } from "./attribute-counters.ts";
import type { AttributeCounter, ValueRule } from "./attribute-counters.ts";

/** By which values a product's figures are split beyond the usual ones. */
export interface OwnSegments {
  readonly product: ValueRule;
  /** Attributes of a session's first start, sorted by name. */
  readonly start: readonly ValueRule[];
  /** Attributes whose values are counted, by event. */
  readonly counters: ReadonlyMap<string, readonly AttributeCounter[]>;
  /** Every value that is declared: it names nobody. */
  readonly declared: ReadonlySet<string>;
}

/** `service.name` of the product that starts a session. */
export const productRule: ValueRule = openRule("service_name", null);

/** The usual attributes whose values are counted, by event. */
export const usualCounters: ReadonlyMap<string, readonly AttributeCounter[]> = Map.groupBy(
  attributeCounters,
  ({ event }) => event,
);

const nothingCounted: readonly AttributeCounter[] = [];

/** The attributes of an event whose values are counted. */
export function attributeCountersOf(event: string, own: OwnSegments | null): readonly AttributeCounter[] {
  return (own === null ? usualCounters : own.counters).get(event) ?? nothingCounted;
}

/** Makes rules of a product's declared values. */
export function compileSegments(segments: CustomSegments | undefined): OwnSegments | null {
  if (segments === undefined) return null;
  const valuesOf = (event: string, attribute: string): ReadonlySet<string> =>
    new Set(segments[event]?.[attribute]?.values);
  const { [startEvent]: ofStart = {}, ...others } = segments;
  const counters = new Map(
    [...new Set([...usualCounters.keys(), ...Object.keys(others)])].map((event): [string, AttributeCounter[]] => {
      const usual = usualCounters.get(event) ?? [];
      const own = Object.keys(others[event] ?? {})
        .filter((attribute) => !usual.some((counter) => counter.attribute === attribute))
        .map((attribute) => ({ ...ownRule(attribute), event: event as AttributeCounter["event"] }));
      return [event, [...usual, ...own].map((rule) => ({ ...rule, declared: valuesOf(event, rule.attribute) }))];
    }),
  );
  return {
    product: { ...productRule, declared: valuesOf(startEvent, productRule.attribute) },
    start: Object.keys(ofStart)
      .filter((attribute) => attribute !== productRule.attribute)
      .toSorted()
      .map((attribute) => ({ ...ownRule(attribute), declared: valuesOf(startEvent, attribute) })),
    counters,
    declared: new Set(Object.values(segments).flatMap((of) => Object.values(of).flatMap(({ values }) => values))),
  };
}

const startEvent = "session.start";
