import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { checkOutCommit } from "../../bench/against/check-out-commit.ts";
import { startReceiverProcess, type ReceiverProcess } from "../../bench/machine/start-receiver-process.ts";
import { countingRules } from "../../collector-receiver/src/metrics/counting-rules.ts";
import { rebuildTenant } from "../../collector-receiver/src/recount/rebuild-tenant.ts";
import { switchRules } from "../../collector-receiver/src/recount/switch-rules.ts";
import { verifyTenant } from "../../collector-receiver/src/recount/verify-tenant.ts";
import { knownMigrations, newestKnownMigration } from "../../collector-receiver/src/storage/schema/known-migrations.ts";
import { migrateDatabase, migrateDownTo } from "../../collector-receiver/src/storage/schema/migrate-database.ts";
import { openWriterConnection } from "../../collector-receiver/src/storage/wire/writer-connection.ts";
import { applyDefinitions } from "../../collector-receiver/src/upkeep/apply-definitions.ts";
import { ownDefinitions } from "../collector-receiver/ingest/count-own-from-scratch.ts";
import type { Releases } from "../../deploy/release/releases.ts";
import { locateInRepository } from "../../docs/generate-documents.ts";
import { useTestDatabase } from "../support/create-test-database.ts";
import { tracesWith, type WireEvent } from "../support/otlp-json.ts";

const releases = JSON.parse(readFileSync(locateInRepository("docs/releases.json"), "utf8")) as Releases;
/** The last release before the newest migration: beside a release without one, nothing is tested. */
const last = Object.entries(releases).findLast(([, { schema }]) => schema < newestKnownMigration);
const [version, release] = last ?? ["(none)", undefined];

/** Events of a request that reach every statement of a batch: facts, counters, sources, rejections, own metrics. */
function variousEvents(sender: number, n: number): WireEvent[] {
  const session_id = `s-${sender}-${n}`;
  const ticket_id = sender * 1_000_000 + n;
  const agent_id = 1 + (n % 5);
  const source = { "spanledger.source.id": `source-${sender}`, "spanledger.event.seq": n + 1 };
  const id = () => ({ "spanledger.event.id": randomUUID() });
  return [
    { name: "session.start", attributes: { ...id(), ...source, session_id, user_id: `u-${n % 20}` } },
    { name: "session.message", attributes: { session_id, role: "ai", response_time_ms: 100 + (n % 900) } },
    { name: "query.order", attributes: { session_id, success: n % 3 > 0, response_time_ms: 80 } },
    { name: "session.escalate", attributes: { session_id, reason: "billing" } },
    { name: "agent.login", attributes: { agent_id, agent_name: `Agent ${n % 3}` } },
    { name: "agent.status_change", attributes: { agent_id, from_status: "online", to_status: "busy" } },
    { name: "agent.session_takeover", attributes: { agent_id, session_id, wait_duration_seconds: 12 } },
    { name: "agent.session_release", attributes: { agent_id, session_id, handle_duration_seconds: 60 } },
    { name: "ticket.created", attributes: { ticket_id, agent_id, session_id } },
    { name: "ticket.closed", attributes: { ticket_id, resolution_duration_hours: 2.5, sla_met: true } },
    { name: "acme.custom", attributes: { ...id(), session_id, amount: 3.5, vip: true } },
    { name: "session.end", attributes: { session_id, end_reason: "resolved" } },
    // Ours, and without what a counter needs.
    { name: "session.start", attributes: id() },
  ];
}
const rejectedOfRequest = 1;

/** Sends requests, each until it is answered, to the receiver that is named at the time. */
function startSender(port: () => number, first: number) {
  const refusals: string[] = [];
  let sent = 0;
  let stopped = false;
  const run = async (sender: number): Promise<void> => {
    for (let n = 0; !stopped; n++) {
      const events = variousEvents(sender, n);
      const body = tracesWith(events);
      for (;;) {
        // Not there while it restarts: that is not an answer, and the request comes again.
        const answer = await post(port(), body).catch(() => null);
        if (answer?.status === 200) break;
        if (answer !== null) refusals.push(`${answer.status} ${await answer.text()}`);
        await sleep(50);
      }
      sent += events.length - rejectedOfRequest;
    }
  };
  const runs = [1, 2, 3].map((n) => run(first + n));
  return {
    refusals,
    get sent() {
      return sent;
    },
    async finish() {
      stopped = true;
      await Promise.all(runs);
    },
  };
}

const post = (port: number, body: string) =>
  fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });

/** What people and probes read of a receiver. */
const paths = [
  "/readyz",
  "/report",
  "/api/analytics/case-study",
  "/api/analytics/summary",
  "/api/analytics/agents",
  "/api/analytics/operations",
  "/api/analytics/live",
  "/api/analytics/sessions/s-1-0",
];
const statuses = (port: number) =>
  Promise.all(paths.map(async (path) => `${(await fetch(`http://127.0.0.1:${port}${path}`)).status} ${path}`));
const allFine = paths.map((path) => `200 ${path}`);

test(`a receiver of ${version} goes on and restarts under load while this version migrates, without one refusal`, async () => {
  if (release === undefined)
    throw new Error("no migration lies between a release in docs/releases.json and this version");
  const between = knownMigrations.filter((name) => Number(name.slice(0, 4)) > release.schema);
  const before = await checkOutCommit(release.commit, () => {});
  onTestFinished(() => before.remove());
  const { connectionString, pool } = await useTestDatabase({ migrated: false });
  const startOld = async (): Promise<ReceiverProcess> => {
    const started = await startReceiverProcess({ connectionString, folder: before.folder });
    onTestFinished(() => started.stop());
    return started;
  };
  // It makes its own schema, as it did when it was new.
  let old = await startOld();
  /** Where the sender's requests go. */
  let target: Pick<ReceiverProcess, "port"> = { port: old.port };
  const applied = async (): Promise<string[]> =>
    (await pool.query<{ name: string }>("select name from spanledger_migrations order by id")).rows.map(
      (row) => row.name,
    );
  expect(Number((await applied()).at(-1)?.slice(0, 4))).toBe(release.schema);

  const sender = startSender(() => target.port, 0);
  const moreThan = (events: number) =>
    vi.waitUntil(() => sender.sent > events || sender.refusals.length > 0, { timeout: 60_000 });
  await moreThan(300);
  expect(await migrateDatabase(connectionString)).toEqual(between);
  await moreThan(sender.sent + 300);
  expect(sender.refusals, "while this version migrated, and after it").toEqual([]);
  expect(await statuses(old.port)).toEqual(allFine);
  const client = await openWriterConnection(connectionString);
  onTestFinished(() => client.end());
  const isSwitched = countingRules !== release.countingRules;
  if (!isSwitched) {
    await applyDefinitions(client, ["default"], ownDefinitions);
    await moreThan(sender.sent + 300);
    expect(sender.refusals, "after own metrics were defined").toEqual([]);
  }

  await old.stop();
  old = await startOld();
  target = old;
  await moreThan(sender.sent + 300);
  expect(sender.refusals, `after the receiver of ${version} was started again`).toEqual([]);
  expect(await statuses(old.port)).toEqual(allFine);

  // One of this version beside it. A tenant of older rules it leaves to the old one.
  const now = await startReceiverProcess({ connectionString, environment: { AUTO_REBUILD: "false" } });
  onTestFinished(() => now.stop());
  const beside = startSender(() => now.port, 10);
  await vi.waitUntil(() => (isSwitched ? beside.refusals.length > 3 : beside.sent > 300), { timeout: 60_000 });
  await moreThan(sender.sent + 300);
  expect(sender.refusals, "beside a receiver of this version").toEqual([]);

  // The tenant is moved to this version's rules under load: the old one refuses it by name from then on, the new one takes it.
  if (isSwitched) {
    await switchRules(connectionString, "default");
    await vi.waitUntil(() => sender.refusals.length > 3, { timeout: 60_000 });
    target = now;
    await applyDefinitions(client, ["default"], ownDefinitions);
    await vi.waitUntil(() => beside.sent > 300, { timeout: 60_000 });
    for (const refusal of [...sender.refusals, ...beside.refusals]) {
      expect(refusal).toMatch(/^503 .*(counting_rules|other rules|tenant_busy|being (counted|changed))/s);
    }
  }
  await Promise.all([sender.finish(), beside.finish()]);
  const stored = async () =>
    (await pool.query<{ n: number }>("select count(*)::int as n from analytics_events")).rows[0]?.n;
  expect(await stored()).toBe(sender.sent + beside.sent);

  await rebuildTenant(connectionString, "default");
  expect((await verifyTenant(connectionString, "default")).firstDrifts).toEqual([]);
  const send = (port: number) =>
    post(port, tracesWith([{ name: "session.start", attributes: { session_id: `last-${port}` } }]));
  expect((await send(now.port)).status).toBe(200);
  const answer = await send(old.port);
  if (countingRules === release.countingRules) expect(answer.status).toBe(200);
  else expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining("counting_rules")]);
  expect((await verifyTenant(connectionString, "default")).firstDrifts).toEqual([]);

  // And back: the newer version takes its migrations back while the old receiver goes on.
  await now.stop();
  const returned = isSwitched ? null : startSender(() => old.port, 20);
  expect(await migrateDownTo(connectionString, String(release.schema))).toEqual(between.toReversed());
  if (returned === null) return;
  await vi.waitUntil(() => returned.sent > 300, { timeout: 60_000 });
  expect(returned.refusals).toEqual([]);
  await returned.finish();
}, 600_000);
