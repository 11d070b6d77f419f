import type { CountableEvent } from "../mapping/business-event.ts";
import { countedValueOf } from "./attribute-counters.ts";
import type { AttributeCountChange } from "./counter-change.ts";
import { attributeCountersOf } from "./own-segments.ts";
import type { OwnSegments } from "./own-segments.ts";

/** What a batch changes in the counts of attributes' values. */
export class AttributeCountChanges {
  readonly rows = new Map<string, AttributeCountChange>();

  /**
   * Adds what an event says (`sign` 1), or takes it back (-1).
   * @param day the business day of the event
   */
  add(event: CountableEvent, day: string, own: OwnSegments | null, sign: 1 | -1): void {
    const { tenantId, name: eventName, attributes } = event;
    for (const counter of attributeCountersOf(eventName, own)) {
      const { attribute } = counter;
      const value = countedValueOf(counter, attributes[attribute]);
      if (value === null) continue;
      const key = `${tenantId}\n${day}\n${eventName}\n${attribute}\n${value}`;
      let change = this.rows.get(key);
      if (change === undefined) {
        change = { tenantId, day, eventName, attribute, value, count: 0, succeeded: 0 };
        this.rows.set(key, change);
      }
      change.count += sign;
      if (attributes["success"] === true) change.succeeded += sign;
    }
  }
}
