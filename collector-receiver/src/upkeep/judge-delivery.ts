import type { DeliveryOutcome } from "../delivery/message.ts";
import type { ClaimedDelivery } from "../storage/deliveries/claim-deliveries.ts";
import type { Settlement } from "../storage/deliveries/settle-delivery.ts";

const firstWaitMs = 30_000;
const maxWaitMs = 60 * 60_000;
/** A target that nobody mends in that time gets the message no more: it would be of no use by then. */
export const giveUpAfterMs = 3 * 86_400_000;

/**
 * What an outcome means for a message: sent, tried again after 30 s, 1, 2, 4 … minutes up to an hour, or given up after
 * three days. Pure.
 */
export function judgeDelivery(
  { attempts, createdAtMs }: Pick<ClaimedDelivery, "attempts" | "createdAtMs">,
  outcome: DeliveryOutcome,
  nowMs: number,
): Settlement {
  if (outcome.outcome === "sent") return { state: "sent", atMs: nowMs };
  const { reason } = outcome;
  if (outcome.outcome === "refused" || nowMs - createdAtMs >= giveUpAfterMs) {
    return { state: "given_up", atMs: nowMs, reason };
  }
  const backOffMs = Math.min(firstWaitMs * 2 ** Math.min(attempts - 1, 20), maxWaitMs);
  return { state: "waiting", untilMs: nowMs + Math.max(backOffMs, outcome.afterMs ?? 0), reason };
}
