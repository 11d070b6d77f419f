import type { CountableEvent } from "../mapping/business-event.ts";
import { aiAmountsOf, aiColumns, priceWordOf } from "./ai-calls.ts";
import type { AiCallChange } from "./counter-change.ts";

/** What a batch changes in the counters of calls of models. */
export class AiCallChanges {
  readonly rows = new Map<string, AiCallChange>();

  /**
   * Adds a call (`sign` 1), or takes it back (-1).
   * @param day the business day of the event
   */
  add(event: CountableEvent, day: string, sign: 1 | -1): void {
    const { tenantId, attributes } = event;
    const provider = priceWordOf(attributes["provider"]);
    const model = priceWordOf(attributes["model"]);
    const tier = priceWordOf(attributes["service_tier"]);
    const key = `${tenantId}\n${day}\n${provider}\n${model}\n${tier}`;
    let change = this.rows.get(key);
    if (change === undefined) {
      change = { tenantId, day, provider, model, service_tier: tier, amounts: new Float64Array(aiColumns.length) };
      this.rows.set(key, change);
    }
    const { amounts } = change;
    aiAmountsOf(event).forEach((amount, i) => (amounts[i] = (amounts[i] as number) + sign * amount));
  }
}
