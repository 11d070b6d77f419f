import type { DeliveryPlan } from "./catalogue/delivery-targets.ts";
import { deliverMessage } from "./delivery/deliver-message.ts";
import { DeliverySender } from "./upkeep/send-deliveries.ts";
import type { DeliverySenderOptions } from "./upkeep/send-deliveries.ts";

interface SenderParts extends Pick<DeliverySenderOptions, "connectionString" | "log" | "onAlarm" | "now"> {
  /** What the config says of messages; undefined without a config. */
  readonly delivery: DeliveryPlan | undefined;
}

/** The sender of a receiver: to the targets of its config, with the secrets of its environment. */
export function createSender({ connectionString, log, onAlarm, now, delivery }: SenderParts): DeliverySender {
  const means = { environment: process.env };
  return new DeliverySender({
    connectionString,
    log,
    onAlarm,
    now,
    targets: delivery?.targets ?? [],
    deliver: (target, message) => deliverMessage(target, message, means),
  });
}
