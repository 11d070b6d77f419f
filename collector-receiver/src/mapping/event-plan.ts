import type { AttributeType } from "@spanledger/sdk/event-catalogue";
import { textState, type TextState } from "./event-data-arena.ts";

/** Where a captured value goes, beside `event_data`. */
export const capture = { none: 0, sessionId: 1, agentId: 2, ticketId: 3, test: 4 } as const;
export const reserved = { none: 0, eventId: 1, sourceId: 2, eventSeq: 3, other: 4 } as const;

/**
 * So many names are looked up for each attribute that an event may have: some are ours, some have no value. A name that is new
 * costs as much as twenty that are known.
 */
export const namesPerAttribute = 4;

/** What one event demands of one attribute. */
export interface AttributeRule {
  readonly name: string;
  readonly type: AttributeType;
  /** One bit per required attribute of the event; 0 if it is optional. */
  readonly requiredBit: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly maxLength: number;
  readonly capture: (typeof capture)[keyof typeof capture];
  /** An integer is taken as its decimal text. */
  readonly takesIntegers: boolean;
}

/** An attribute's name; one object for all attributes of that name. */
export class AttributeKey {
  readonly bytes: Buffer;
  readonly text: string;
  readonly state: TextState;
  /** `,"key":` */
  readonly jsonKey: Buffer;
  /** 0 for a name that no rule knows. */
  readonly slot: number;
  readonly counted: boolean;
  readonly reserved: (typeof reserved)[keyof typeof reserved];
  /** What each event's plan makes of it, by the plan's `index`; filled as events come. */
  readonly planned: (PlannedAttribute | undefined)[] = [];

  constructor(bytes: Buffer, properties: Pick<AttributeKey, "text" | "state" | "slot" | "counted" | "reserved">) {
    const { text, state, slot, counted, reserved: isReserved } = properties;
    this.bytes = bytes;
    this.text = text;
    this.state = state;
    this.jsonKey = Buffer.from(`,${JSON.stringify(text)}:`);
    this.slot = slot;
    this.counted = counted;
    this.reserved = isReserved;
  }
}

const refusedKey = new AttributeKey(Buffer.alloc(0), {
  text: "",
  state: textState.tooLarge,
  slot: 0,
  counted: false,
  reserved: reserved.none,
});

/** Rules of one event; `rules` is indexed by `AttributeKey.slot`. */
export class MappingPlan {
  readonly index: number;
  readonly rules: readonly (AttributeRule | null)[];
  readonly required: readonly AttributeRule[];
  /** All bits of `required`. */
  readonly requiredMask: number;
  /** Stands for a name that is one too many: no value of it is plain. */
  readonly refused: PlannedAttribute;

  constructor(index: number, rules: readonly (AttributeRule | null)[], required: readonly AttributeRule[]) {
    this.index = index;
    this.rules = rules;
    this.required = required;
    this.requiredMask = (1 << required.length) - 1;
    this.refused = new PlannedAttribute(refusedKey, null);
  }

  of(key: AttributeKey): PlannedAttribute {
    return (key.planned[this.index] ??= new PlannedAttribute(key, this.rules[key.slot]!));
  }
}

/**
 * An attribute's name together with what one event demands of it, in one object: reading a plain attribute looks nowhere
 * else. One for all attributes of that name in the events of that plan.
 */
export class PlannedAttribute {
  readonly key: AttributeKey;
  readonly jsonKey: Buffer;
  readonly reserved: AttributeKey["reserved"];
  readonly state: TextState;
  /** Null if any value is taken. */
  readonly type: AttributeType | null;
  readonly requiredBit: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly maxLength: number;
  readonly capture: AttributeRule["capture"];
  /** The name under which counters read it; null if none does. */
  readonly countedAs: string | null;

  constructor(key: AttributeKey, rule: AttributeRule | null) {
    this.key = key;
    this.jsonKey = key.jsonKey;
    this.reserved = key.reserved;
    this.state = key.state;
    this.type = rule === null ? null : rule.type;
    this.requiredBit = rule === null ? 0 : rule.requiredBit;
    this.minimum = rule === null ? -Infinity : rule.minimum;
    this.maximum = rule === null ? Infinity : rule.maximum;
    this.maxLength = rule === null ? Infinity : rule.maxLength;
    this.capture = rule === null ? capture.none : rule.capture;
    this.countedAs = key.counted ? key.text : null;
  }
}
