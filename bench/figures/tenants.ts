import { randomUUID } from "node:crypto";
import { openVerifier } from "../../collector-receiver/src/recount/verify-tenant.ts";
import { findTenantsToSweep, listTenantTimezones } from "../../collector-receiver/src/storage/settings/list-tenants.ts";
import { DatabaseClock } from "../../collector-receiver/src/storage/wire/database-clock.ts";
import { openWriterConnection } from "../../collector-receiver/src/storage/wire/writer-connection.ts";
import { keepRetention } from "../../collector-receiver/src/upkeep/keep-retention.ts";
import { startReceiverProcess } from "../machine/start-receiver-process.ts";
import type { Bench } from "../measure-run.ts";
import { makeFigure } from "../summarise.ts";
import type { Figure } from "../summarise.ts";

const tenants = 3_000;
const tenantsOfRequest = 500;

interface Goal {
  readonly id: string;
  readonly title: string;
  readonly unit: "s" | "ms";
  /** Null for a fact. */
  readonly atMost: number | null;
}

const goals = {
  request: { id: "tenants-request", title: "a request with 500 new tenants", unit: "ms", atMost: 1_000 },
  verify: { id: "tenants-verify", title: "`spanledger verify` of 3,000 tiny tenants", unit: "s", atMost: 15 },
  start: { id: "tenants-start", title: "a start beside 3,000 tenants, later than without", unit: "ms", atMost: 1_000 },
  round: { id: "tenants-round", title: "a quiet round of upkeep over 3,000 tenants", unit: "ms", atMost: 1_000 },
  metrics: { id: "tenants-metrics", title: "`/metrics` beside 3,000 tenants", unit: "ms", atMost: 250 },
} as const satisfies Record<string, Goal>;

/** What many small tenants cost: each has one session. */
export async function measureTenants(bench: Bench): Promise<Figure[]> {
  const { database, receivers } = bench;
  const url = `http://127.0.0.1:${receivers[0]?.port}`;
  await database.reset();
  const startWithout = await timeStart(bench);
  const requests: number[] = [];
  for (let first = 0; first < tenants; first += tenantsOfRequest) {
    requests.push(await timeOf(() => send(url, first, tenantsOfRequest)));
  }
  const startWith = await timeStart(bench);
  const metrics = [await timeOf(async () => (await fetch(`${url}/metrics`)).text())];
  const round = [await timeOf(() => goRound(bench))];
  const verify = [(await timeOf(() => verifyAll(bench))) / 1000];
  return [
    figureOf(goals.request, requests),
    figureOf(goals.verify, verify),
    figureOf(goals.start, [startWith - startWithout]),
    figureOf(goals.round, round),
    figureOf(goals.metrics, metrics),
  ];
}

function figureOf({ id, title, unit, atMost }: Goal, values: readonly number[]): Figure {
  const target = atMost === null ? null : { goal: atMost, atMost: true };
  return makeFigure({ id, title: `${title}, ${unit}`, target, unit }, values, values);
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

function timeStart({ database }: Bench): Promise<number> {
  let stop: () => Promise<void>;
  return timeOf(async () => {
    ({ stop } = await startReceiverProcess({ connectionString: database.connectionString }));
  }).finally(() => stop?.());
}

/** A session of each of these tenants, as a gateway sends them. */
async function send(url: string, first: number, count: number): Promise<void> {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const timeUnixNano = `${Date.now()}000000`;
  const resourceLogs = Array.from({ length: count }, (_, i) => ({
    resource: { attributes: [text("spanledger.tenant", `brand-${first + i}`)] },
    scopeLogs: [
      {
        logRecords: ["session.start", "session.end"].map((eventName) => ({
          timeUnixNano,
          eventName,
          attributes: [text("spanledger.event.id", randomUUID()), text("session_id", "s1")],
        })),
      },
    ],
  }));
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/v1/logs`, { method: "POST", headers, body: JSON.stringify({ resourceLogs }) });
  if (!answer.ok) throw new Error(`500 tenants were answered ${answer.status}: ${await answer.text()}`);
}

/** What a round of upkeep asks if nothing is due, with RETENTION_MONTHS set. */
async function goRound({ database }: Bench): Promise<void> {
  const client = await openWriterConnection(database.connectionString);
  try {
    const clock = await DatabaseClock.measure(client);
    await findTenantsToSweep(client, clock.nowMs());
    const log = { warn: () => {}, info: () => {} };
    await keepRetention(client, await listTenantTimezones(client), clock, { log, months: 13 });
  } finally {
    await client.end();
  }
}

async function verifyAll({ database }: Bench): Promise<void> {
  const [listed] = await database.query<{ ids: string[] }>(
    "select array_agg(tenant_id) as ids from analytics_settings",
  );
  const verifier = await openVerifier(database.connectionString);
  try {
    let verified = 0;
    for (const group of await verifier.group(listed?.ids ?? [])) {
      for (const { tenantId, drifts } of await verifier.verify(group)) {
        if (drifts !== 0) throw new Error(`tenant ${tenantId} drifts by ${drifts}`);
        verified++;
      }
    }
    if (verified < tenants) throw new Error(`${verified} tenants were verified`);
  } finally {
    await verifier.close();
  }
}
