import { onTestFinished } from "vitest";
import type { AlertRule } from "../../../collector-receiver/src/catalogue/alert-rules.ts";
import { DutyTakenError } from "../../../collector-receiver/src/storage/wire/in-transaction.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { judgeAlerts } from "../../../collector-receiver/src/upkeep/judge-alerts.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { seedDay, seedReported, seedSettings } from "../stats/seed-counters.ts";
import type { SeededSettings } from "../stats/seed-counters.ts";
import { webhook } from "./outbox.ts";

export const targets = [
  webhook("http://127.0.0.1:1"),
  { ...webhook("http://127.0.0.1:1", "boss"), locale: "zh-CN" as const },
];
export const judging = { targets, locale: "en", publicUrl: "https://reports.example", seesSilence: true } as const;

/** A tenant with these alerts, and what judges them as upkeep does. */
export async function openAlerts(rules: Readonly<Record<string, AlertRule>>, settings: SeededSettings = {}) {
  const database = await useTestDatabase();
  const { pool, connectionString } = database;
  await seedSettings(pool, "default", { idleThrough: "2030-01-01T00:00:00Z", ...settings });
  await seedReported(pool, "default", "2025-12-01", "session.start");
  for (const [name, rule] of Object.entries(rules)) {
    await pool.query("insert into analytics_alerts (tenant_id, rule, definition) values ('default', $1, $2)", [
      name,
      JSON.stringify(rule),
    ]);
  }
  const client = await openWriterConnection(connectionString);
  onTestFinished(() => client.end());
  return {
    database,
    pool,
    client,
    /** @returns how many alerts changed; 0 if somebody else judges at this moment */
    judge: (at: string | number, by = client): Promise<number> =>
      judgeAlerts(by, "default", typeof at === "number" ? at : Date.parse(at), judging).catch((error: unknown) => {
        if (error instanceof DutyTakenError) return 0;
        throw error;
      }),
    /** A day with so many conversations, of which the AI resolved these. */
    day: (value: string, sessions: number, resolved: number): Promise<void> =>
      seedDay(pool, "default", value, {
        total_sessions: sessions,
        sessions_ended: sessions,
        ai_resolved_sessions: resolved,
        ai_involved_sessions: sessions,
      }),
    goal: (metric: string, comparison: string, target: number, from = "2025-12-01", per: string | null = null) =>
      pool.query("insert into analytics_goals values ('default', $1, $2, $3, $4, $5)", [
        metric,
        from,
        comparison,
        target,
        per,
      ]),
    /** What was decided, in order, of one target. */
    async told(target = "ops"): Promise<string[]> {
      const { rows } = await pool.query<{ said: string }>(
        "select rule || ' ' || period as said from analytics_deliveries where target = $1 order by created_at, period",
        [target],
      );
      return rows.map(({ said }) => said);
    },
  };
}
