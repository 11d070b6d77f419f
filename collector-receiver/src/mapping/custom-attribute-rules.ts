import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";
import { largestAmount } from "../catalogue/largest-amount.ts";
import type { AskedAttribute } from "./asked-attribute.ts";

type Rules = Record<string, AskedAttribute>;

/**
 * What is asked of the attributes of a product's own events: what the definitions say, and that a number which a
 * metric adds up can be added exactly, and a duration is not negative.
 * @param shared attributes that mean the same on every event; of those, only whether they are required is an event's
 * @returns by event, then by attribute
 */
export function customAttributeRules(
  { events, metrics }: CustomDefinitions,
  shared: Readonly<Record<string, AskedAttribute>>,
): Record<string, Rules> {
  const byEvent: Record<string, Rules> = {};
  for (const [name, { attributes }] of Object.entries(events)) {
    const rules: Rules = {};
    for (const [attribute, definition] of Object.entries(attributes)) {
      const { type, required, minimum, maximum, maxLength } = definition;
      const asked = shared[attribute] ?? {
        type,
        ...(minimum === undefined ? {} : { minimum }),
        ...(maximum === undefined ? {} : { maximum }),
        ...(maxLength === undefined ? {} : { maxLength }),
      };
      rules[attribute] = required === true ? { ...asked, required } : asked;
    }
    byEvent[name] = rules;
  }
  for (const metric of Object.values(metrics)) {
    const rules = metric.kind === "ratio" ? undefined : byEvent[metric.event];
    if (rules === undefined) continue;
    if (metric.kind === "sum") {
      const limit = largestAmount(metric.decimals);
      narrow(rules, metric.attribute, -limit, limit);
    } else if (metric.kind === "duration") narrow(rules, metric.attribute, 0, Infinity);
  }
  return byEvent;
}

function narrow(rules: Rules, attribute: string, minimum: number, maximum: number): void {
  const asked = rules[attribute] as AskedAttribute;
  rules[attribute] = {
    ...asked,
    minimum: Math.max(asked.minimum ?? -Infinity, minimum),
    maximum: Math.min(asked.maximum ?? Infinity, maximum),
  };
}
