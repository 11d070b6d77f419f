import { setTimeout as sleep } from "node:timers/promises";
import { verifyTenant } from "../../collector-receiver/src/recount/verify-tenant.ts";
import type { FaultWorld } from "./fault-world.ts";
import type { Fault } from "./faults.ts";
import { startLoad } from "./load.ts";

/** What became of the events that were recorded around a fault. */
export interface FaultOutcome {
  readonly fault: string;
  readonly sent: number;
  readonly rows: number;
  readonly counted: number;
  readonly lost: number;
  readonly twice: number;
  /** From the end of the fault until an event that was recorded after it is committed. */
  readonly secondsToRecover: number;
  readonly drift: number;
  /** Largest resident memory of a receiver, in MiB. */
  readonly peakMemoryMiB: number;
  /** The receivers' own accounting: by how much received is not committed + duplicates + rejected + ignored + refused. */
  readonly unaccounted: number;
}

const eventsPerSecond = 300;
const warmUpMs = 1000;
const afterwardsMs = 1000;
const maxRecoveryMs = 60_000;

/** Steady load for a tenant of its own, a fault in the middle, and the balance when everything is quiet. */
export async function tryFault(world: FaultWorld, fault: Fault, tenant: string): Promise<FaultOutcome> {
  const load = startLoad(world.endpoint, tenant, eventsPerSecond);
  await until(async () => (await rowsOf(world, tenant)) > 0);
  await sleep(warmUpMs);
  await fault.strike(world);
  const overAt = Date.now();
  await until(async () => (await rowsOf(world, tenant, overAt)) > 0);
  const secondsToRecover = (Date.now() - overAt) / 1000;
  await sleep(afterwardsMs);
  const sent = await load.finish();
  // An acknowledgement of the Collector is not yet a row.
  await until(async () => (await rowsOf(world, tenant)) >= sent).catch(() => {});
  const rows = await rowsOf(world, tenant);
  const [counts] = await world.ask<{ counted: number }>(
    "select coalesce(sum(events), 0)::float8 as counted from analytics_event_counts where tenant_id = $1",
    [tenant],
  );
  const counted = counts?.counted ?? 0;
  if (rows !== sent) {
    // Where it went missing: what its source gave out and dropped, against what arrived.
    const evidence = await world.ask<object>(
      "select source_id, highest_seq::int, events_seen::int, drops_reported::int from analytics_sources where tenant_id = $1",
      [tenant],
    );
    process.stderr.write(`${fault.name}: sent ${sent}, rows ${rows}; sources: ${JSON.stringify(evidence)}\n`);
  }
  const { drifts } = await verifyTenant(world.directConnectionString(), tenant);
  const running = [world.first, world.second].filter((receiver) => receiver.running);
  const unaccounted = (await Promise.all(running.map((receiver) => receiver.ledger()))).reduce(
    (sum, { received, committed, duplicates, rejected, ignored, refused }) =>
      sum + Math.abs(received - (committed + duplicates + rejected + ignored + refused)),
    0,
  );
  const memory = await Promise.all(running.map((receiver) => receiver.peakMemory()));
  await fault.clearUp?.(world);
  return {
    fault: fault.name,
    sent,
    rows,
    counted,
    lost: Math.max(0, sent - Math.min(rows, counted)),
    twice: Math.max(0, Math.max(rows, counted) - sent),
    secondsToRecover,
    drift: drifts,
    peakMemoryMiB: Math.round(Math.max(...memory) / 1024 / 1024),
    unaccounted,
  };
}

/** What an SDK loses that is killed with events in its memory: recorded against stored. */
export async function measureKilledProduct(world: FaultWorld): Promise<{ recorded: number; rows: number }> {
  const tenant = "killed-product";
  const load = startLoad(world.endpoint, tenant, eventsPerSecond);
  await until(async () => (await rowsOf(world, tenant)) > eventsPerSecond);
  const recorded = await load.kill();
  let rows = -1;
  for (let now = await rowsOf(world, tenant); now !== rows; now = await rowsOf(world, tenant)) {
    rows = now;
    await sleep(1500);
  }
  return { recorded, rows };
}

async function rowsOf(world: FaultWorld, tenant: string, sinceMs = 0): Promise<number> {
  const rows = await world
    .ask<{ rows: number }>(
      "select count(*)::int as rows from analytics_events where tenant_id = $1 and occurred_at > to_timestamp($2::float8 / 1000)",
      [tenant, sinceMs],
    )
    .catch(() => []);
  return rows[0]?.rows ?? 0;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + maxRecoveryMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not so within ${maxRecoveryMs / 1000} s`);
    await sleep(50);
  }
}
