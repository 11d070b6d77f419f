import { expect, test } from "vitest";
import type { DeliveryPlan, Target } from "../../../collector-receiver/src/catalogue/delivery-targets.ts";
import type { Message } from "../../../collector-receiver/src/delivery/message.ts";
import { createReportPreparation, readReportFile } from "../../../collector-receiver/src/send-reports.ts";
import { countingRules } from "../../../collector-receiver/src/metrics/counting-rules.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { enqueueDueReports, type ReportSending } from "../../../collector-receiver/src/upkeep/enqueue-due-reports.ts";
import { freezeReport } from "../../../collector-receiver/src/web/share/freeze-report.ts";
import { useTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";

const slack = (name: string, changes: Partial<Target> = {}): Target =>
  ({
    name,
    type: "slack",
    url: { env: "URL" },
    secret: null,
    tenants: ["default"],
    locale: "en",
    allowsPrivate: false,
    ...changes,
  }) as Target;

const plan: DeliveryPlan = {
  targets: [slack("ops"), slack("chinese", { locale: null }), slack("other", { tenants: ["brand-x"] })],
  reports: [{ name: "weekly", period: "week", cron: "0 9 * * 1", to: ["ops", "chinese", "other"], minGroupSize: 2 }],
};

/** What a receiver at a moment does: the reports are made for that moment too. */
async function receiverOn(database: TestDatabase, changes: Partial<ReportSending> = {}) {
  const client = await openWriterConnection(database.connectionString);
  let nowMs = 0;
  const now = (): number => nowMs;
  const prepare = createReportPreparation({
    config: { publicUrl: "https://reports.example", sampleData: false },
    freeze: (tenantId, query, options) => freezeReport({ pool: database.pool, now }, tenantId, query, options),
    now,
  });
  const log = { warn: () => {}, info: () => {} };
  return {
    client,
    lookAt: (time: string): Promise<number> => {
      nowMs = Date.parse(time);
      return enqueueDueReports(client, nowMs, { plan, locale: "zh-CN", log, prepare, ...changes });
    },
    close: () => client.end(),
  };
}

async function outboxOf({ pool }: TestDatabase) {
  const { rows } = await pool.query<{ period: string; target: string; message: Message }>(
    'select period, target, message from analytics_deliveries order by created_at, target collate "C"',
  );
  return rows;
}

async function openTenant(): Promise<TestDatabase> {
  const database = await useTestDatabase();
  await database.pool.query(
    `insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, display_name, counting_rules)
     values ('default', 'Asia/Shanghai', 'CNY', 3600, '2025-12-31', '品牌 A', $1)`,
    [countingRules],
  );
  await database.pool.query(
    `insert into analytics_business_metrics (tenant_id, period_type, period_value, period_start, total_sessions, sessions_ended)
     values ('default', 'week', '2025-W49', '2025-12-01', 1234, 1234), ('default', 'day', '2025-12-03', '2025-12-03', 1234, 1234),
       ('default', 'month', '2025-12', '2025-12-01', 1234, 1234)`,
  );
  return database;
}

test("a week's report is written on Monday at 09:00, once, for each of the tenant's targets in its language", async () => {
  const database = await openTenant();
  const receiver = await receiverOn(database);
  expect(await receiver.lookAt("2025-12-07T00:00:00Z")).toBe(0);
  expect(await receiver.lookAt("2025-12-08T00:59:59Z")).toBe(0);
  expect(await receiver.lookAt("2025-12-08T01:00:00Z")).toBe(1);
  expect(await receiver.lookAt("2025-12-08T01:00:30Z")).toBe(0);
  await receiver.close();

  const [chinese, english, ...rest] = await outboxOf(database);
  expect(rest).toEqual([]);
  expect([chinese, english].map((row) => [row!.target, row!.period, row!.message.title.normalize("NFKC")])).toEqual([
    ["chinese", "2025-W49", "2025年12月1日至2025年12月7日"],
    ["ops", "2025-W49", "December 1 – 7, 2025"],
  ]);
  const { message } = english!;
  expect(message).toMatchObject({
    kind: "report",
    state: null,
    tenantId: "default",
    tenantName: "品牌 A",
    locale: "en",
    createdAt: "2025-12-08T01:00:00.000Z",
    report: { period: "2025-W49" },
  });
  expect(message.figures[0]).toEqual({ label: "Conversations", value: "1,234" });
  expect(message.sentences[0]).toContain("1,234");
  expect(chinese!.message.sentences[0]).toContain("1,234");
  expect(message.link).toMatch(/^https:\/\/reports\.example\/shared\/[\w-]{32}\?lang=en$/);
  // The link leads to the copy whose PDF goes with a mail.
  const nowMs = Date.parse("2025-12-08T01:05:00Z");
  for (const row of [english!, chinese!]) {
    const [file] = await readReportFile(database.pool, row.message, nowMs);
    expect(file).toMatchObject({ name: `spanledger-2025-W49-${row.message.locale}-report.pdf` });
    expect(file!.content.subarray(0, 5).toString()).toBe("%PDF-");
  }
  const { rows } = await database.pool.query("select month, expires_at::text from analytics_report_shares");
  expect(rows).toHaveLength(1);
});

test("a receiver that was down at 09:00 sends late, and one report for all the weeks that it missed", async () => {
  const database = await openTenant();
  const before = await receiverOn(database);
  await before.lookAt("2025-12-07T00:00:00Z");
  await before.close();
  const after = await receiverOn(database);
  expect(await after.lookAt("2026-01-07T15:30:00Z")).toBe(1);
  expect(await after.lookAt("2026-01-07T15:31:00Z")).toBe(0);
  await after.close();
  expect((await outboxOf(database)).map(({ period }) => period)).toEqual(["2026-W01", "2026-W01"]);
});

test("two receivers that make the same report at once send it once", async () => {
  const database = await openTenant();
  const receivers = await Promise.all([receiverOn(database), receiverOn(database)]);
  await receivers[0]!.lookAt("2025-12-07T00:00:00Z");
  // Both have found it due before one of them writes it.
  const bothPrepared = Promise.withResolvers<void>();
  let prepared = 0;
  const racing = await Promise.all(
    receivers.map(async ({ client }) => {
      const nowMs = Date.parse("2025-12-08T01:00:00Z");
      const usual = createReportPreparation({
        config: { publicUrl: undefined, sampleData: false },
        freeze: (tenantId, query, options) =>
          freezeReport({ pool: database.pool, now: () => nowMs }, tenantId, query, options),
        now: () => nowMs,
      });
      const prepare: ReportSending["prepare"] = async (...asked) => {
        const report = await usual(...asked);
        if (++prepared === 2) bothPrepared.resolve();
        await bothPrepared.promise;
        return report;
      };
      const look = () =>
        enqueueDueReports(client, nowMs, { plan, locale: "en", log: { warn: () => {}, info: () => {} }, prepare });
      return look;
    }),
  );
  // The duty is one receiver's while it looks, so that the other may have to look again to be in time for the race.
  const lookUntilPrepared = async (look: () => Promise<number>): Promise<number> => {
    for (;;) {
      const written = await look();
      if (written > 0 || prepared === 2) return written;
    }
  };
  const written = await Promise.all(racing.map(lookUntilPrepared));
  expect(written.toSorted((a, b) => a - b)).toEqual([0, 1]);
  await Promise.all(receivers.map(({ close }) => close()));
  const rows = await outboxOf(database);
  expect(rows.map(({ target }) => target)).toEqual(["chinese", "ops"]);
  expect(rows.map(({ message }) => message.link)).toEqual([null, null]);
  const { rows: shares } = await database.pool.query("select from analytics_report_shares");
  expect(shares).toHaveLength(1);
});

test("a changed timezone sends no week twice, and a changed kind of period begins anew", async () => {
  const database = await openTenant();
  const receiver = await receiverOn(database);
  await receiver.lookAt("2025-12-07T00:00:00Z");
  expect(await receiver.lookAt("2025-12-08T01:00:00Z")).toBe(1);
  await database.pool.query("update analytics_settings set timezone = 'America/New_York'");
  // Monday 09:00 in New York comes thirteen hours later, with the same week.
  expect(await receiver.lookAt("2025-12-08T14:00:00Z")).toBe(0);
  expect(await receiver.lookAt("2025-12-15T13:59:59Z")).toBe(0);
  expect(await receiver.lookAt("2025-12-15T14:00:00Z")).toBe(1);
  await receiver.close();
  const [weekly] = plan.reports;
  const monthly = await receiverOn(database, {
    plan: { ...plan, reports: [{ ...weekly!, period: "month", cron: "0 9 1 * *" }] },
  });
  expect(await monthly.lookAt("2025-12-20T00:00:00Z")).toBe(0);
  expect(await monthly.lookAt("2026-01-01T14:00:00Z")).toBe(1);
  await monthly.close();
  expect((await outboxOf(database)).map(({ period }) => period)).toEqual([
    ...["2025-W49", "2025-W49", "2025-W50", "2025-W50"],
    ...["2025-12", "2025-12"],
  ]);
});

test("a report that cannot be made is made in a later round, and the others go on meanwhile", async () => {
  const database = await openTenant();
  const [weekly] = plan.reports;
  const both: DeliveryPlan = { ...plan, reports: [weekly!, { ...weekly!, name: "other-weekly" }] };
  const receiver = await receiverOn(database, { plan: both });
  await receiver.lookAt("2025-12-07T00:00:00Z");
  const nowMs = Date.parse("2025-12-08T01:00:00Z");
  let asked = 0;
  const failing = await receiverOn(database, {
    plan: both,
    prepare: async (tenantId, range, least) => {
      if (++asked === 1) throw new Error("the thread ended");
      return createReportPreparation({
        config: { publicUrl: undefined, sampleData: false },
        freeze: (tenant, query, options) =>
          freezeReport({ pool: database.pool, now: () => nowMs }, tenant, query, options),
        now: () => nowMs,
      })(tenantId, range, least);
    },
  });
  expect(await failing.lookAt("2025-12-08T01:00:00Z")).toBe(1);
  expect(await failing.lookAt("2025-12-08T01:00:30Z")).toBe(1);
  expect(await failing.lookAt("2025-12-08T01:01:00Z")).toBe(0);
  await Promise.all([receiver.close(), failing.close()]);
});

test("a round makes some of many reports, and the next ones the rest; those that fail take no other's turn", async () => {
  const database = await openTenant();
  const [weekly] = plan.reports;
  const names = Array.from({ length: 24 }, (_, at) => `weekly-${String(at).padStart(2, "0")}`);
  const many: DeliveryPlan = { ...plan, reports: names.map((name) => ({ ...weekly!, name, to: ["ops"] })) };
  const share = {
    tenantId: "default",
    month: "2025-W49",
    pages: { en: "", "zh-CN": "" },
    files: [],
    expiresAt: new Date("2026-03-01"),
  };
  const said = { tenantName: "brand", title: "a week", sentences: [], figures: [] };
  let made = 0;
  const receiver = await receiverOn(database, {
    plan: many,
    prepare: () => {
      made++;
      // The first two of the first round.
      if (made <= 2) return Promise.reject(new Error("the thread ended"));
      return Promise.resolve({
        period: "2025-W49",
        tokenHash: Buffer.from(String(made).padStart(32, "0")),
        share,
        linkOf: () => null,
        messages: { en: said, "zh-CN": said },
      });
    },
  });
  await receiver.lookAt("2025-12-07T00:00:00Z");
  const written: number[] = [];
  for (let round = 0; round < 4; round++) {
    made = round * 100;
    written.push(await receiver.lookAt("2025-12-08T01:00:00Z"));
  }
  await receiver.close();
  expect(written).toEqual([10, 10, 4, 0]);
  expect(await outboxOf(database)).toHaveLength(24);
});
