import { commonAttributes, eventCatalogue, vocabularies } from "@spanledger/sdk/event-catalogue";
import type {
  AttributeDefinition,
  AttributeType,
  EventDefinition,
  VocabularyName,
} from "@spanledger/sdk/event-catalogue";
import type { CustomAttribute, CustomEvent } from "../catalogue/custom-definitions.ts";
import type { CustomWords } from "../catalogue/custom-words.ts";

/** The events of the catalogue and of a config, as the generators of all languages read them. */
export interface TypedEvents {
  readonly events: readonly TypedEvent[];
  /** Lists of words that attributes refer to by name. */
  readonly lists: readonly WordList[];
}

export interface TypedEvent {
  readonly name: string;
  readonly meaning: string;
  /** True if a `spanledger.config` defines it. */
  readonly own: boolean;
  /** Required ones first, then the event's others, then those of every event. */
  readonly attributes: readonly TypedAttribute[];
}

export interface TypedAttribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly required: boolean;
  readonly meaning: string;
  readonly unit: string | undefined;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** In Unicode code points. */
  readonly maxLength: number | undefined;
  /** Key of its list of words. */
  readonly list: string | undefined;
  readonly example: string | number | boolean | undefined;
}

export interface WordList {
  /** Unique among the lists. Parts stand between dots: `channel`, or `order.paid.channel` of an own event. */
  readonly key: string;
  readonly words: readonly string[];
}

/** What a config adds. */
export interface OwnDefinitions {
  readonly events: Readonly<Record<string, CustomEvent>>;
  readonly words?: CustomWords;
}

type AnyAttribute = AttributeDefinition | CustomAttribute;

/** Merges the catalogue with a config's own events and words. */
export function typedEvents(own: OwnDefinitions = { events: {} }): TypedEvents {
  const lists = Object.keys(vocabularies).map((name) => wordsOf(name as VocabularyName, own.words));
  const ownLists: WordList[] = [];
  const describeEvent = (name: string, event: EventDefinition | CustomEvent, isOwn: boolean): TypedEvent => {
    const common = Object.entries<AnyAttribute>(commonAttributes).filter(([key]) => !(key in event.attributes));
    const attributes = [...Object.entries<AnyAttribute>(event.attributes), ...common].map(([key, attribute]) => {
      const list = listOf(name, key, attribute);
      if (list !== undefined && "values" in attribute) ownLists.push({ key: list, words: attribute.values ?? [] });
      return typedAttribute(key, attribute, list);
    });
    const required = attributes.filter((attribute) => attribute.required);
    const optional = attributes.filter((attribute) => !attribute.required);
    return { name, meaning: event.en, own: isOwn, attributes: [...required, ...optional] };
  };
  const events = [
    ...Object.entries<EventDefinition>(eventCatalogue).map(([name, event]) => describeEvent(name, event, false)),
    ...Object.entries(own.events).map(([name, event]) => describeEvent(name, event, true)),
  ];
  return { events, lists: [...lists, ...ownLists] };
}

function listOf(event: string, name: string, attribute: AnyAttribute): string | undefined {
  if ("vocabulary" in attribute) return attribute.vocabulary;
  return "values" in attribute && attribute.values !== undefined ? `${event}.${name}` : undefined;
}

function wordsOf(name: VocabularyName, own: CustomWords | undefined): WordList {
  const usual = Object.values<readonly string[]>(vocabularies[name]).flat();
  const more = Object.values(own?.[name] ?? {}).flat();
  return { key: name, words: [...new Set([...usual, ...more])] };
}

const smallestInt4 = -(2 ** 31);
const largestInt4 = 2 ** 31 - 1;

function typedAttribute(name: string, attribute: AnyAttribute, list: string | undefined): TypedAttribute {
  const isInt4 = "int4" in attribute && attribute.int4 === true;
  return {
    name,
    type: attribute.type,
    required: attribute.required === true,
    meaning: attribute.en,
    unit: attribute.unit,
    minimum: attribute.minimum ?? (isInt4 ? smallestInt4 : undefined),
    maximum: attribute.maximum ?? (isInt4 ? largestInt4 : undefined),
    maxLength: attribute.maxLength,
    list,
    example: attribute.example,
  };
}
