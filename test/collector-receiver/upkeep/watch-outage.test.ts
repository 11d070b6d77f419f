import { expect, onTestFinished, test, vi } from "vitest";
import { watchTenants } from "../../../collector-receiver/src/upkeep/watch-tenants.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";

test("an outage is one line, and its end another, however many rounds it lasts", async () => {
  const { connectionString, pool } = await useTestDatabase();
  const lines: string[] = [];
  const log = {
    warn: (_: unknown, message: string) => lines.push(`warn: ${message}`),
    info: (message: unknown) => lines.push(`info: ${String(message)}`),
  };
  const watch = await watchTenants({
    connectionString,
    log: log as unknown as Parameters<typeof watchTenants>[0]["log"],
    everyMs: 20,
    retentionMonths: undefined,
    onSwept: () => {},
  });
  onTestFinished(() => watch.close());
  const settle = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  for (const outage of [1, 2]) {
    await pool.query("alter table analytics_settings rename to away");
    await vi.waitUntil(() => lines.length === outage * 2 - 1, { timeout: 30_000 });
    await settle(300);
    await pool.query("alter table away rename to analytics_settings");
    await vi.waitUntil(() => lines.length === outage * 2, { timeout: 30_000 });
    await settle(100);
  }
  const bad = "warn: tenants cannot be watched now; tried again each round";
  expect(lines).toEqual([bad, "info: tenants are watched again", bad, "info: tenants are watched again"]);
});
