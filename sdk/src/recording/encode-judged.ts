import { encodeAnyValue, maxStringLength } from "./encode-any-value.ts";
import { plannedType, type AttributePlan, type EventPlan } from "./event-plan.ts";
import type { WrongUse } from "./wrong-use.ts";

/**
 * The `AnyValue` of any value of an attribute, or null if it is left out; what is wrong with it by
 * the catalogue or by OTLP goes to `wrongUse`.
 */
export function encodeJudged(
  event: EventPlan,
  plan: AttributePlan,
  value: unknown,
  wrongUse: WrongUse,
): Uint8Array | null {
  if (plan.reserved) {
    wrongUse.add("reserved_attribute", event, plan.name, "is set by the SDK alone; it is left out");
    return null;
  }
  wrongUse.check(event, plan, value);
  const encoded = encodeAnyValue(value);
  if ("refused" in encoded) {
    wrongUse.add("refused_value", event, plan.name, `is left out: ${encoded.refused}`);
    return null;
  }
  if (encoded.cut) {
    wrongUse.add("value_cut", event, plan.name, `is longer than ${maxStringLength}: it was cut`);
  }
  const { anyValue } = encoded;
  // What a conversion made of an object has to suit the catalogue as well.
  if (typeof value === "object" && plan.type !== plannedType.any) {
    const isString = anyValue[0] === 0x0a;
    if (!isString || plan.type !== plannedType.string) wrongUse.type(event, plan, value);
  } else if (typeof value === "bigint" && plan.type === plannedType.string) {
    wrongUse.type(event, plan, value);
  }
  return anyValue;
}
