import { hasDueDeliveries } from "../storage/deliveries/claim-deliveries.ts";
import { forgetDeliveries } from "../storage/deliveries/forget-deliveries.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { enqueueDueReports, type ReportSending } from "./enqueue-due-reports.ts";
import type { AlertWatch } from "./watch-alerts.ts";

/** What is told in a round, and how. */
export interface Telling {
  readonly alerts: Pick<AlertWatch, "judge">;
  readonly reports: ReportSending;
  /** Begins to send, and does not wait. */
  readonly send: () => void;
}

/**
 * Judges alerts, writes the reports that are due to the outbox, begins to send its messages that are due, and deletes those that nobody asks
 * for any more.
 */
export async function tellPeople(
  client: WriterConnection,
  nowMs: number,
  { alerts, reports, send }: Telling,
): Promise<void> {
  await alerts.judge(client, nowMs);
  // Alerts do not wait until reports are made.
  if (await hasDueDeliveries(client, nowMs)) send();
  const written = await enqueueDueReports(client, nowMs, reports);
  await forgetDeliveries(client, nowMs);
  if (written > 0) send();
}
