import { fractionOf, toNumber } from "../../metrics/exact-fraction.ts";
import { formatPlanned } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { ListedCall } from "../../stats/sql/read-call-list.ts";

/** "openai · gpt-5-mini · flex" */
export function modelLabel({
  provider,
  model,
  serviceTier,
}: Pick<ListedCall, "provider" | "model" | "serviceTier">): string {
  return [provider, model, serviceTier].filter((word) => word !== "").join(" · ");
}

/** Money with two digits that say something: most calls, and most conversations, cost less than a cent. */
export function formatCost(cost: string, currency: string, locale: Locale): string {
  const value = toNumber(fractionOf(cost));
  const digits = value === 0 || value >= 0.01 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(value)));
  return formatPlanned(fractionOf(cost), "currency", { style: "currency", digits }, locale, currency);
}
