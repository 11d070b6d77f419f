import type { Target } from "../catalogue/delivery-targets.ts";
import { sendToChat } from "./channels/send-to-chat.ts";
import { sendToWebhook } from "./channels/send-to-webhook.ts";
import type { DeliveryMeans } from "./delivery-means.ts";
import { describeSendFailure } from "./describe-send-failure.ts";
import type { DeliveryOutcome, Message } from "./message.ts";

/**
 * Sends a message to a target, once. Whatever the target, the network or a missing secret does, it ends with an outcome and
 * does not throw. The caller repeats what may succeed later, with the same message.
 */
export async function deliverMessage(target: Target, message: Message, means: DeliveryMeans): Promise<DeliveryOutcome> {
  try {
    return await send(target, message, means);
  } catch (error) {
    return { outcome: "retry", reason: describeSendFailure(error) };
  }
}

async function send(target: Target, message: Message, means: DeliveryMeans): Promise<DeliveryOutcome> {
  if (target.type === "webhook") return sendToWebhook(target, message, means);
  if (target.type !== "email") return sendToChat(target, message, means);
  // Loaded if a mail is sent: nodemailer takes memory.
  const { sendMail } = await import("./mail/send-mail.ts");
  return sendMail(target, message, means);
}
