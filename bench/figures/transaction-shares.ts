import { readFile } from "node:fs/promises";
import {
  countBatch,
  gatherSessionFacts,
  gatherTickets,
  idleCheckMs,
  rulesOf,
} from "../../collector-receiver/src/ingest/count-batch.ts";
import { gatherSources } from "../../collector-receiver/src/ingest/gather-batch.ts";
import { writeCounters } from "../../collector-receiver/src/ingest/write-counters.ts";
import type { BusinessEvent } from "../../collector-receiver/src/mapping/business-event.ts";
import { copyEvents } from "../../collector-receiver/src/storage/events/copy-events.ts";
import { loadTenantRules } from "../../collector-receiver/src/storage/settings/load-tenant-rules.ts";
import { applySettings } from "../../collector-receiver/src/storage/wire/transaction-settings.ts";
import { lockTenantsShared } from "../../collector-receiver/src/storage/wire/lock-tenants.ts";
import { upsertSessions } from "../../collector-receiver/src/storage/facts/upsert-sessions.ts";
import { upsertSources } from "../../collector-receiver/src/storage/facts/upsert-sources.ts";
import { upsertTickets } from "../../collector-receiver/src/storage/facts/upsert-tickets.ts";
import { openWriterConnection } from "../../collector-receiver/src/storage/wire/writer-connection.ts";
import { denseLoad, makeLoad } from "../load/make-load.ts";
import { rowsOfLoad } from "../load/rows-of-load.ts";
import type { Bench } from "../measure-run.ts";
import { makeFigure, median } from "../summarise.ts";
import type { Figure } from "../summarise.ts";

/** Events of one transaction: what a batch of the receiver holds at most by default. */
const batchEvents = 8000;
/** So that enough batches are measured after the warm-ups. */
const minEvents = 160_000;
/** Batches that are not measured: plans are made, pages are extended, caches are filled. */
const warmUps = 8;
const steps = [
  "begin, lock, rules",
  "events (COPY)",
  "session facts",
  "ticket facts",
  "sources",
  "counters",
  "commit",
] as const;
export type Step = (typeof steps)[number];

/** What a step of the transaction takes, per event. */
export interface StepShare {
  readonly step: Step;
  /** µs that the connection's server process was on a processor, median over the batches. */
  readonly cpu: number;
  readonly walBytes: number;
}

/**
 * The statements of a batch's transaction, one after the other over one connection, each awaited, with
 * the processor time of the connection's server process around it (Linux: /proc/<pid>/schedstat). What
 * bounds a batch is read from here: on a busy machine elapsed times say little, these say the same.
 */
export async function measureTransaction(bench: Bench): Promise<{ shares: StepShare[]; figures: Figure[] }> {
  await bench.database.reset();
  const events = rowsOfLoad(makeLoad({ ...denseLoad, events: Math.max(bench.events, minEvents) }));
  const client = await openWriterConnection(bench.database.connectionString);
  try {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    const pid = rows[0]?.pid as number;
    const used = new Map(steps.map((step) => [step, { cpu: [] as number[], wal: [] as number[] }]));
    const perEvent = (total: number, batch: readonly BusinessEvent[]): number => total / batch.length;
    for (let from = 0, number = 0; from < events.length; from += batchEvents, number++) {
      const batch = events.slice(from, from + batchEvents);
      const time = async <Result>(step: Step, work: () => Promise<Result>): Promise<Result> => {
        const cpuBefore = await processorMicroseconds(pid);
        const walBefore = await bench.database.walBytes();
        const result = await work();
        if (number >= warmUps) {
          const sums = used.get(step);
          sums?.cpu.push(perEvent((await processorMicroseconds(pid)) - cpuBefore, batch));
          sums?.wal.push(perEvent((await bench.database.walBytes()) - walBefore, batch));
        }
        return result;
      };
      await commitStepwise(client, batch, time);
    }
    const shares = steps.map((step) => {
      const { cpu = [], wal = [] } = used.get(step) ?? {};
      return { step, cpu: median(cpu), walBytes: median(wal) };
    });
    const batches = used.get("commit")?.cpu.length ?? 0;
    const ratios = Array.from({ length: batches }, (_, i) => {
      const of = (wanted: readonly Step[]): number =>
        wanted.reduce((sum, step) => sum + (used.get(step)?.cpu[i] as number), 0);
      return of(["session facts", "ticket facts", "sources", "counters"]) / of(steps);
    });
    const title = "session facts' and counters' share of the transaction's time in PostgreSQL";
    return {
      shares,
      figures:
        batches === 0
          ? []
          : [
              makeFigure(
                { id: "facts-share", title, target: { goal: 0.25, atMost: true, limit: 0.27 }, unit: "of 1" },
                ratios,
                ratios,
              ),
            ],
    };
  } finally {
    await client.end();
  }
}

async function commitStepwise(
  client: Awaited<ReturnType<typeof openWriterConnection>>,
  batch: readonly BusinessEvent[],
  time: <Result>(step: Step, work: () => Promise<Result>) => Promise<Result>,
): Promise<void> {
  const rules = await time("begin, lock, rules", async () => {
    const begun = [
      client.query("begin"),
      applySettings(client, { genericPlans: true, endsIfAbandoned: true }),
      lockTenantsShared(client, ["default"], "try"),
    ];
    const loaded = loadTenantRules(client, ["default"]);
    await Promise.all([...begun, loaded]);
    return loaded;
  });
  await time("events (COPY)", () => copyEvents(client, batch));
  const facts = gatherSessionFacts(batch, rules);
  const sessions = await time("session facts", () =>
    upsertSessions(client, facts, (fact) => idleCheckMs(fact, rulesOf(rules, fact.tenantId))),
  );
  const tickets = await time("ticket facts", () => upsertTickets(client, gatherTickets(batch, rules)));
  await time("sources", () => upsertSources(client, gatherSources([], batch, [])));
  const changes = countBatch(batch, sessions, tickets, rules);
  await time("counters", () => writeCounters(client, changes));
  await time("commit", () => client.query("commit"));
}

/** Time on a processor, µs: finer than the ticks of /proc/<pid>/stat. */
async function processorMicroseconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/schedstat`, "latin1").catch(() => "");
  return Number(text.split(" ", 1)[0]) / 1000;
}
