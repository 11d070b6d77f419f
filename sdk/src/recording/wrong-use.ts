import { BusinessEventError, type BusinessEventErrorCode } from "../business-event-error.ts";
import { missingAttributes, plannedType, type AttributePlan, type EventPlan } from "./event-plan.ts";
import { showValue } from "./show-value.ts";

const typeNames = ["any value", "a string", "an integer", "a number", "a boolean"] as const;

/** Collects what is wrong with the event that is being written. */
export class WrongUse {
  /** Null if nothing was wrong. */
  problems: BusinessEventError[] | null = null;

  /** Judges a value of a plain type by the catalogue; objects are judged by what they are converted to. */
  check(event: EventPlan, plan: AttributePlan, value: unknown): void {
    const wanted = plan.type;
    const anything = wanted === plannedType.any;
    if (typeof value === "string") {
      if (!anything && wanted !== plannedType.string) this.type(event, plan, value);
      if (value.length > plan.maxLength) this.#length(event, plan, value);
    } else if (typeof value === "number") {
      const isNumber = wanted === plannedType.double || (wanted === plannedType.int && Number.isSafeInteger(value));
      if (!anything && !isNumber) this.type(event, plan, value);
      if (!(value >= plan.minimum && value <= plan.maximum)) {
        this.add("out_of_range", event, plan.name, `has to be within ${plan.minimum} to ${plan.maximum}, not ${value}`);
      }
    } else if (typeof value === "boolean") {
      if (!anything && wanted !== plannedType.boolean) this.type(event, plan, value);
    }
  }

  type(event: EventPlan, plan: AttributePlan, value: unknown): void {
    this.add("wrong_type", event, plan.name, `has to be ${typeNames[plan.type]}, not ${showValue(value)}`);
  }

  missing(event: EventPlan, seenBits: number): void {
    for (const name of missingAttributes(event, seenBits)) {
      this.add("missing_attribute", event, name, "is required and absent");
    }
  }

  /** @param attribute null if it is the event itself */
  add(code: BusinessEventErrorCode, event: EventPlan, attribute: string | null, what: string): void {
    const subject = attribute === null ? "" : `, attribute ${attribute}`;
    const message = `business event ${event.name}${subject}: ${what}`;
    (this.problems ??= []).push(new BusinessEventError(code, event.name, attribute, message));
  }

  #length(event: EventPlan, plan: AttributePlan, value: string): void {
    // The catalogue counts code points, of which there are at most as many as code units.
    const length = [...value].length;
    if (length <= plan.maxLength) return;
    this.add("too_long", event, plan.name, `has at most ${plan.maxLength} characters, not ${length}`);
  }
}
