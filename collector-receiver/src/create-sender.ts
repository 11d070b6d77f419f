import type { Pool } from "pg";
import type { DeliveryPlan } from "./catalogue/delivery-targets.ts";
import type { Config } from "./config/config.ts";
import { deliverMessage } from "./delivery/deliver-message.ts";
import type { DeliveryMeans } from "./delivery/delivery-means.ts";
import type { ReadingThread } from "./reading-thread.ts";
import { createReportPreparation, readReportFile } from "./send-reports.ts";
import { createShareDesk } from "./share-reports.ts";
import type { ReportSending } from "./upkeep/enqueue-due-reports.ts";
import { DeliverySender } from "./upkeep/send-deliveries.ts";
import type { DeliverySenderOptions } from "./upkeep/send-deliveries.ts";
import type { Telling } from "./upkeep/tell-people.ts";
import { AlertWatch } from "./upkeep/watch-alerts.ts";

interface SenderParts extends Pick<DeliverySenderOptions, "connectionString" | "log" | "onAlarm" | "now"> {
  readonly pool: Pool;
  /** What the config says of messages; undefined without a config. */
  readonly delivery: DeliveryPlan | undefined;
}

interface TellingParts extends SenderParts {
  readonly config: Config;
  readonly thread: Pick<ReadingThread, "answer">;
}

/** What tells people of a receiver's numbers: its sender, and what upkeep does for it in each round. */
export function createTelling(parts: TellingParts): { readonly sender: DeliverySender; readonly telling: Telling } {
  const sender = createSender(parts);
  const { locale, publicUrl } = parts.config;
  const alerts = new AlertWatch({ targets: parts.delivery?.targets ?? [], locale, publicUrl, onAlarm: parts.onAlarm });
  return { sender, telling: { alerts, reports: createReportSending(parts), send: () => void sender.send() } };
}

/** The sender of a receiver: to the targets of its config, with the secrets of its environment. */
function createSender({ connectionString, log, onAlarm, now, pool, delivery }: SenderParts): DeliverySender {
  const means: DeliveryMeans = {
    environment: process.env,
    attachmentsOf: (message) => readReportFile(pool, message, now()),
  };
  return new DeliverySender({
    connectionString,
    log,
    onAlarm,
    now,
    targets: delivery?.targets ?? [],
    deliver: (target, message) => deliverMessage(target, message, means),
  });
}

/** The reports on a schedule of a receiver's config: frozen in its reading thread. */
function createReportSending({
  config,
  pool,
  thread,
  delivery = { targets: [], reports: [] },
  log,
  now,
}: TellingParts): ReportSending {
  const { freeze } = createShareDesk({ pool, reading: { pool, now }, thread });
  return { plan: delivery, locale: config.locale, log, prepare: createReportPreparation({ config, freeze, now }) };
}
