import type { FastifyBaseLogger } from "fastify";
import type { DeliveryPlan, ReportSchedule, Target } from "../catalogue/delivery-targets.ts";
import type { Message } from "../delivery/message.ts";
import { findDueReport, rememberRuns } from "../delivery/schedule/find-due-report.ts";
import type { DayRange } from "../metrics/calendar-ranges.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { enqueueDeliveries } from "../storage/deliveries/enqueue-deliveries.ts";
import { noteSentReport, seeSchedules, type TenantSchedule } from "../storage/deliveries/report-schedules.ts";
import { listTenantTimezones } from "../storage/settings/list-tenants.ts";
import { insertShare, type NewShare } from "../storage/shares/insert-share.ts";
import { DutyTakenError, inTransaction } from "../storage/wire/in-transaction.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";

/** A report of a period, made to be sent: its shared copy, and what messages say of it. */
export interface PreparedReport {
  /** `2025-12`, `2025-W52`. */
  readonly period: string;
  readonly tokenHash: Buffer;
  readonly share: NewShare;
  /** Where the copy is read; null if readers cannot reach the receiver. */
  readonly linkOf: (locale: Locale) => string | null;
  readonly messages: Readonly<Record<Locale, Pick<Message, "tenantName" | "title" | "sentences" | "figures">>>;
}

export interface ReportSending {
  readonly plan: DeliveryPlan;
  /** The language of targets that name none. */
  readonly locale: Locale;
  readonly log: Pick<FastifyBaseLogger, "warn" | "info">;
  /** Freezes the report of a tenant's days. It may take seconds. */
  readonly prepare: (tenantId: string, range: DayRange, minGroupSize: number) => Promise<PreparedReport>;
}

/** Reports of one round: each takes seconds, and a round has other duties too. The next round goes on. */
const maxReports = 10;

interface DueReport {
  readonly stored: TenantSchedule;
  readonly schedule: ReportSchedule;
  readonly targets: readonly Target[];
  readonly range: DayRange;
}

/**
 * Writes reports that are due to the outbox, some in a round, each once, whichever receiver does so. A report is made before its transaction,
 * so that no lock is held meanwhile; if another receiver was faster, it is thrown away.
 * @returns how many reports were written
 */
export async function enqueueDueReports(
  client: WriterConnection,
  nowMs: number,
  sending: ReportSending,
): Promise<number> {
  if (sending.plan.reports.length === 0) return 0;
  let written = 0;
  for (const due of await findDue(client, nowMs, sending)) {
    if (written === maxReports) break;
    const { tenantId, schedule } = due.stored;
    try {
      const report = await sending.prepare(tenantId, due.range, due.schedule.minGroupSize);
      if (await enqueueReport(client, due, report, nowMs, sending)) {
        written++;
        sending.log.info({ tenantId, schedule, period: report.period }, "a report on a schedule is sent");
      }
    } catch (error) {
      // The others go on; this one is due in the next round too.
      sending.log.warn({ err: error, tenantId, schedule }, "a report on a schedule cannot be made now; tried again");
    }
  }
  return written;
}

/** What is due, as far as this receiver leads. */
async function findDue(
  client: WriterConnection,
  nowMs: number,
  { plan }: Pick<ReportSending, "plan">,
): Promise<DueReport[]> {
  const timezones = await listTenantTimezones(client);
  const asked = plan.reports.flatMap((schedule) =>
    timezones.flatMap(({ tenantId, timezone }) => {
      const targets = plan.targets.filter(
        ({ name, tenants }) => schedule.to.includes(name) && tenants.includes(tenantId),
      );
      if (targets.length === 0) return [];
      return [{ stored: { tenantId, schedule: schedule.name, kind: schedule.period }, schedule, targets, timezone }];
    }),
  );
  if (asked.length === 0) return [];
  const stored = await inTransaction(client, { duty: "reports" }, () =>
    seeSchedules(
      client,
      asked.map((one) => one.stored),
      nowMs,
    ),
  ).catch((error: unknown) => {
    if (error instanceof DutyTakenError) return [];
    throw error;
  });
  const stateOf = new Map(stored.map((state) => [`${state.tenantId} ${state.schedule}`, state]));
  const lastRun = rememberRuns();
  return asked.flatMap(({ timezone, ...one }) => {
    const state = stateOf.get(`${one.stored.tenantId} ${one.stored.schedule}`);
    const range = state === undefined ? null : findDueReport(one.schedule, timezone, state, nowMs, lastRun);
    return range === null ? [] : [{ ...one, range }];
  });
}

/** @returns false if another receiver has sent it */
function enqueueReport(
  client: WriterConnection,
  { stored, targets, range }: DueReport,
  { period, tokenHash, share, linkOf, messages }: PreparedReport,
  nowMs: number,
  { locale: usualLocale }: Pick<ReportSending, "locale">,
): Promise<boolean> {
  return inTransaction(client, {}, async () => {
    if (!(await noteSentReport(client, stored, range.endDate))) return false;
    await insertShare(client, tokenHash, share);
    const { tenantId, schedule: rule } = stored;
    for (const target of targets) {
      const locale = target.locale ?? usualLocale;
      const message: Omit<Message, "key"> = {
        kind: "report",
        state: null,
        tenantId,
        locale,
        ...messages[locale],
        link: linkOf(locale),
        createdAt: new Date(nowMs).toISOString(),
        report: { period, share: tokenHash.toString("hex") },
      };
      await enqueueDeliveries(client, { tenantId, kind: "report", rule, period, targets: [target.name], message });
    }
    return true;
  });
}
