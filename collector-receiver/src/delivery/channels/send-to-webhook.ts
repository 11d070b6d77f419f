import { createHmac } from "node:crypto";
import type { WebhookTarget } from "../../catalogue/delivery-targets.ts";
import { usualTimeoutMs, type DeliveryMeans } from "../delivery-means.ts";
import { judgeStatus } from "../judge-answer.ts";
import type { DeliveryOutcome, Message } from "../message.ts";
import { postJson } from "../post-json.ts";
import { readSecret, readUrl } from "../read-secret.ts";

/**
 * Posts a message as plain JSON, with identity, time and signature as "Standard Webhooks" says
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */
export async function sendToWebhook(
  target: WebhookTarget,
  message: Message,
  means: DeliveryMeans,
): Promise<DeliveryOutcome> {
  const nowMs = (means.now ?? Date.now)();
  const body = JSON.stringify(webhookBody(message));
  const timestamp = String(Math.floor(nowMs / 1000));
  const secret = readSecret(target.secret, means);
  const answer = await postJson({
    url: readUrl(target, means),
    body,
    headers: {
      "webhook-id": message.key,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signWebhook(secret, message.key, timestamp, body)}`,
      "idempotency-key": message.key,
    },
    timeoutMs: means.timeoutMs ?? usualTimeoutMs,
    allowsPrivate: target.allowsPrivate,
  });
  return judgeStatus(answer, nowMs);
}

function webhookBody({ kind, state, createdAt, report, ...message }: Message) {
  return {
    type: state === null ? kind : `${kind}.${state}`,
    timestamp: createdAt,
    data: {
      id: message.key,
      tenant_id: message.tenantId,
      tenant_name: message.tenantName,
      locale: message.locale,
      title: message.title,
      sentences: message.sentences,
      figures: message.figures,
      link: message.link,
      period: report?.period ?? null,
    },
  };
}

/** A secret that begins with `whsec_` is base64, any other is taken as it stands. */
function signWebhook(secret: string, id: string, timestamp: string, body: string): string {
  const prefix = "whsec_";
  const key = secret.startsWith(prefix) ? Buffer.from(secret.slice(prefix.length), "base64") : secret;
  return createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
}
