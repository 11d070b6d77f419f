import type { CountableEvent } from "../mapping/business-event.ts";
import { hashDefinitions, otherGroup } from "../catalogue/custom-definitions.ts";
import type { CustomCounter, CustomDefinitions, CustomValue } from "../catalogue/custom-definitions.ts";
import { compileSegments } from "./own-segments.ts";
import type { OwnSegments } from "./own-segments.ts";
import { toScaledInteger } from "./scale-decimal.ts";
import { compileWords } from "./words.ts";
import type { OwnWordLists } from "./words.ts";

/** How one metric of a product's own counts an event, ready for the hot path. */
export interface CustomRule {
  readonly metric: string;
  readonly kind: CustomCounter["kind"];
  readonly where: readonly { readonly attribute: string; readonly values: ReadonlySet<CustomValue> }[];
  readonly groups: { readonly attribute: string; readonly values: ReadonlySet<string> } | null;
  /** The number that is added up, or whose duration is kept; null for counts and sessions. */
  readonly attribute: string | null;
  readonly decimals: number;
  readonly unitMs: number;
}

/** A product's own metrics as counting reads them. */
export interface CustomCounting {
  /** Of the definitions: receivers with the same hash count the same. */
  readonly hash: string;
  readonly definitions: CustomDefinitions;
  readonly rules: ReadonlyMap<string, readonly CustomRule[]>;
  /** Events of which attributes are read. */
  readonly events: ReadonlySet<string>;
  /** Attributes that are read: mapping has to capture them, and a recount to select them. */
  readonly attributes: ReadonlySet<string>;
  readonly words: OwnWordLists;
  /** Null: nothing is declared. */
  readonly segments: OwnSegments | null;
}

/** Where nothing is grouped. */
export const noGroup = "";

export function compileCounting(definitions: CustomDefinitions, hash = hashDefinitions(definitions)): CustomCounting {
  const rules = new Map<string, CustomRule[]>();
  const attributes = new Set<string>();
  for (const [metric, definition] of Object.entries(definitions.metrics)) {
    if (definition.kind === "ratio") continue;
    const rule = compileRule(metric, definition);
    const known = rules.get(definition.event);
    if (known) known.push(rule);
    else rules.set(definition.event, [rule]);
    for (const { attribute } of rule.where) attributes.add(attribute);
    if (rule.groups) attributes.add(rule.groups.attribute);
    if (rule.attribute !== null) attributes.add(rule.attribute);
  }
  const ownSegments = Object.entries(definitions.segments ?? {});
  for (const [, ofEvent] of ownSegments) for (const attribute of Object.keys(ofEvent)) attributes.add(attribute);
  const events = new Set([...rules.keys(), ...ownSegments.map(([event]) => event)]);
  const [words, segments] = [compileWords(definitions.words), compileSegments(definitions.segments)];
  return { hash, definitions, rules, events, attributes, words, segments };
}

function compileRule(metric: string, definition: CustomCounter): CustomRule {
  const { kind, where = {}, groupBy } = definition;
  return {
    metric,
    kind,
    where: Object.entries(where).map(([attribute, values]) => ({ attribute, values: new Set(values) })),
    groups: groupBy ? { attribute: groupBy.attribute, values: new Set(groupBy.values) } : null,
    attribute: definition.kind === "sum" || definition.kind === "duration" ? definition.attribute : null,
    decimals: definition.kind === "sum" ? definition.decimals : 0,
    unitMs: definition.kind === "duration" ? definition.unitMs : 1,
  };
}

/** Whether an event has, of each attribute of the filter, one of its values. */
export function passesFilter({ where }: CustomRule, { attributes }: CountableEvent): boolean {
  for (const { attribute, values } of where) {
    const value = attributes[attribute];
    if (value === undefined || !values.has(value)) return false;
  }
  return true;
}

/**
 * The group of an event: a declared value, else `other`. A pure function of the event, so that the counters do
 * not depend on the order of arrival: a limit on how many values a day may have would.
 */
export function groupOf({ groups }: CustomRule, { attributes }: CountableEvent): string {
  if (groups === null) return noGroup;
  const value = String(attributes[groups.attribute] ?? otherGroup);
  return groups.values.has(value) ? value : otherGroup;
}

/**
 * What a sum adds for an event, × 10^`decimals`; null if the event has no such number, or one that could not be
 * added exactly: mapping rejects those, but events that are older than the definition were not held against it.
 */
export function amountOf({ attribute, decimals }: CustomRule, { attributes }: CountableEvent): number | null {
  const value = attributes[attribute as string];
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  const scaled = toScaledInteger(Math.abs(value), decimals);
  if (!Number.isSafeInteger(scaled)) return null;
  return value < 0 ? -scaled : scaled;
}

/** An event's duration in whole milliseconds; null if it has none, or a negative one. */
export function durationOf({ attribute, unitMs }: CustomRule, { attributes }: CountableEvent): number | null {
  const value = attributes[attribute as string];
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return null;
  return Math.round(value * unitMs);
}
