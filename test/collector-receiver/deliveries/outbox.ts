import { onTestFinished } from "vitest";
import type { Target } from "../../../collector-receiver/src/catalogue/delivery-targets.ts";
import { deliverMessage } from "../../../collector-receiver/src/delivery/deliver-message.ts";
import type { DeliveryOutcome, Message } from "../../../collector-receiver/src/delivery/message.ts";
import { enqueueDeliveries } from "../../../collector-receiver/src/storage/deliveries/enqueue-deliveries.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { DeliverySender } from "../../../collector-receiver/src/upkeep/send-deliveries.ts";
import type { TestDatabase } from "../../support/create-test-database.ts";
import { startSink } from "../delivery/start-sink.ts";
import type { Answer, Received } from "../delivery/start-sink.ts";
import { alertMessage } from "../delivery/sample-messages.ts";

/** When the tests' clocks begin. */
export const startMs = Date.UTC(2026, 10, 30, 9);

const secret = "whsec_c2VjcmV0IG9mIHRoZSB0ZXN0cw==";

export const webhook = (url: string, name = "ops"): Target => ({
  type: "webhook",
  name,
  tenants: ["default"],
  locale: "en",
  allowsPrivate: true,
  url,
  secret: { env: "OPS_SECRET" },
});

/** Sends as a receiver does. */
export const deliverOnce = (target: Target, message: Message): Promise<DeliveryOutcome> =>
  deliverMessage(target, message, { environment: { OPS_SECRET: secret } });

/** A sink that the test closes. */
export async function openSink(answer?: (request: Received) => Answer | "never") {
  const sink = await startSink(answer);
  onTestFinished(() => sink.close());
  return sink;
}

export interface TestSender extends DeliverySender {
  readonly alarms: string[];
}

/** A sender by the test's clock. */
export function openSender(
  { connectionString }: TestDatabase,
  now: () => number,
  targets: readonly Target[],
  deliver: (target: Target, message: Message) => Promise<DeliveryOutcome> = deliverOnce,
): TestSender {
  const alarms: string[] = [];
  const sender = new DeliverySender({
    connectionString,
    log: { warn: () => {}, info: () => {} },
    onAlarm: (code) => void alarms.push(code),
    now,
    targets,
    deliver,
  });
  onTestFinished(() => sender.close());
  return Object.assign(sender, { alarms });
}

/** Puts messages into the outbox, one a period, each of an alert of its own: those of one alert wait for each other. */
export async function enqueue(
  { connectionString }: TestDatabase,
  periods: readonly string[],
  targets: readonly string[] = ["ops"],
  nowMs: number = startMs,
): Promise<void> {
  const client = await openWriterConnection(connectionString);
  const message = { ...alertMessage, tenantId: "default" };
  for (const period of periods) {
    await enqueueDeliveries(client, {
      tenantId: "default",
      kind: "alert",
      rule: `rule-${period}`,
      period,
      targets,
      message: { ...message, title: period },
      nowMs,
    });
  }
  await client.end();
}

/** The state of each message, in order of their periods. */
export async function statesIn({ pool }: TestDatabase): Promise<string[]> {
  const { rows } = await pool.query<{ state: string }>(
    "select state from analytics_deliveries order by period, target",
  );
  return rows.map(({ state }) => state);
}

export const keyOf = ({ headers }: Received): string => String(headers["idempotency-key"]);
