import { readFileSync } from "node:fs";
import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { checkOutCommit } from "../../bench/against/check-out-commit.ts";
import type { Releases } from "../../deploy/release/releases.ts";
import { locateInRepository } from "../../docs/generate-documents.ts";
import { attackTenant } from "./attack.ts";
import { findPooler, keepsStatements, startPooler, type Pooler } from "../support/start-pooler.ts";
import type { FaultWorld } from "./fault-world.ts";
import type { ReceiverVariant } from "./receiver-process.ts";

/** One thing that goes wrong, and is over when `strike` resolves. */
export interface Fault {
  readonly name: string;
  /** Why it cannot be tried here; undefined if it can. */
  readonly leftOut?: (world: FaultWorld) => string | undefined;
  /** True if many machines cannot have what it needs: then it may be left out in `test:all` as well. */
  readonly isExcused?: boolean;
  strike(world: FaultWorld): Promise<void>;
  /** Ends what was started for it, after the balance was struck. */
  clearUp?(world: FaultWorld): Promise<void>;
}

const needsRedis = (world: FaultWorld): string | undefined =>
  world.redis === undefined ? "no redis-server (npm run setup)" : undefined;
const needsCollector = (world: FaultWorld): string | undefined =>
  world.hasCollector ? undefined : "no Collector (npm run collector:build)";

async function killReceiver(world: FaultWorld): Promise<void> {
  await world.first.end("SIGKILL");
  await sleep(500);
  await world.first.start();
}

async function killDatabase(world: FaultWorld): Promise<void> {
  world.killDatabase();
  await sleep(500);
  await world.startDatabase();
}

const foundPooler = await findPooler();
const pooler = foundPooler !== undefined && keepsStatements(foundPooler) ? foundPooler : undefined;

/** Leads connections through a pooler that hands out servers by transaction, which is killed and started again. */
async function putPoolerBetween(world: FaultWorld): Promise<void> {
  const direct = world.directConnectionString();
  for (let times = 0; times < 2; times++) {
    const between = await startPooler(pooler as Pooler, direct, "transaction");
    await world.databaseDoor.lead([between.port]);
    world.databaseDoor.cut();
    await sleep(2000);
    await between.kill();
  }
  await world.databaseDoor.lead([Number(new URL(direct).port)]);
}

const twoDaysMs = 2 * 86_400_000;
const releases = JSON.parse(readFileSync(locateInRepository("docs/releases.json"), "utf8")) as Releases;

async function restart(world: FaultWorld, variant: ReceiverVariant = {}): Promise<void> {
  await world.first.end("SIGTERM");
  await world.first.start(variant);
}

/** Holds a table for some seconds, as a long ALTER or a forgotten transaction does. */
async function holdLocks(world: FaultWorld, table: string, during: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: world.directConnectionString() });
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("begin");
    await client.query(`lock table ${table} in exclusive mode`);
    await during();
    await client.query("commit");
  } finally {
    await client.end();
  }
}

async function exhaustConnections(world: FaultWorld): Promise<void> {
  const clients: pg.Client[] = [];
  try {
    // Their connections are cut, and somebody else takes every place before they are back.
    world.databaseDoor.cut();
    for (;;) {
      const client = new pg.Client({ connectionString: world.directConnectionString() });
      client.on("error", () => {});
      const connected = await client.connect().then(
        () => true,
        () => false,
      );
      if (!connected) break;
      clients.push(client);
    }
    world.databaseDoor.cut();
    await sleep(3000);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function fillDisk(world: FaultWorld): Promise<void> {
  const filler = join(world.disk, "filler");
  const chunk = Buffer.alloc(1024 * 1024);
  try {
    for (const end = Date.now() + 4000; Date.now() < end; await sleep(20)) {
      const { bavail, bsize } = await statfs(world.disk);
      // What PostgreSQL frees meanwhile is taken as well.
      for (let left = Math.ceil((bavail * bsize) / chunk.length); left > 0; left--) {
        await writeFile(filler, chunk, { flag: "a" }).catch(() => {});
      }
    }
  } finally {
    await rm(filler, { force: true });
  }
  // Without room for its log PostgreSQL stops, and an administrator starts it again.
  await world.startDatabase();
}

/** In the order in which they are tried. */
export const faults: readonly Fault[] = [
  { name: "nothing", strike: () => sleep(1000) },
  { name: "a tenant attacks the receiver of another", strike: attackTenant },
  { name: "receiver: kill -9", strike: killReceiver },
  {
    name: "receiver: kill -9 in a transaction",
    strike: (world) =>
      holdLocks(world, "analytics_sessions", async () => {
        // By now a batch has written its rows and waits to merge its sessions. (Counters and COMMIT are sent together: who
        // dies while those wait has committed after all.)
        await sleep(1000);
        await world.first.end("SIGKILL");
        // It starts while the locks are still held.
        await world.first.start();
        await sleep(1000);
      }),
  },
  {
    name: "receiver: SIGTERM under load",
    async strike(world) {
      await world.first.end("SIGTERM");
      await world.first.start();
    },
  },
  {
    // A process that hangs: its connections stay open, so that a sender finds out by its own timeout only.
    name: "receiver: hangs for 8 s",
    async strike(world) {
      world.first.signal("SIGSTOP");
      await sleep(8000);
      world.first.signal("SIGCONT");
    },
  },
  {
    // A deployment that goes wrong: nobody listens.
    name: "receiver: stopped for a minute",
    async strike(world) {
      await world.first.end("SIGTERM");
      await sleep(60_000);
      await world.first.start();
    },
  },
  {
    name: "two receivers, one killed 4 times",
    async strike(world) {
      await world.second.start();
      await world.receiverDoor.lead([world.first.port, world.second.port]);
      for (let i = 0; i < 4; i++) {
        await world.first.end("SIGKILL");
        await sleep(300);
        await world.first.start();
        await sleep(300);
      }
      await world.receiverDoor.lead([world.first.port]);
    },
    clearUp: (world) => world.second.end("SIGTERM"),
  },
  {
    name: "receiver: clock two days ahead",
    strike: (world) => restart(world, { shiftMs: twoDaysMs }),
    clearUp: restart,
  },
  {
    name: "receiver: clock two days behind",
    strike: (world) => restart(world, { shiftMs: -twoDaysMs }),
    clearUp: restart,
  },
  {
    // Against the schema of this version: rolled out, taken back, and rolled out again.
    name: "receiver: replaced by the last release for 3 s",
    async strike(world) {
      const release = Object.values(releases).at(-1);
      if (release === undefined) throw new Error("docs/releases.json names no release");
      const before = await checkOutCommit(release.commit, () => {});
      try {
        await restart(world, { folder: before.folder });
        await sleep(3000);
        await restart(world);
      } finally {
        before.remove();
      }
    },
  },
  { name: "PostgreSQL: kill -9", strike: killDatabase },
  {
    name: "PostgreSQL: connections refused for 4 s",
    async strike(world) {
      await world.databaseDoor.lead([]);
      await sleep(4000);
      await world.startDatabase();
    },
  },
  {
    // Read-only for three seconds: what connects is told so, and comes again.
    name: "PostgreSQL: failover to a standby",
    strike: (world) => world.failOver(),
    clearUp: (world) => world.failBack(),
  },
  { name: "PostgreSQL: every connection taken for 3 s", strike: exhaustConnections },
  {
    name: "PostgreSQL: locks held for 5 s",
    strike: (world) => holdLocks(world, "analytics_business_metrics", () => sleep(5000)),
  },
  {
    // No RST, no FIN: the old sessions keep their locks, and new connections are accepted and never answered.
    name: "PostgreSQL: host vanishes for 3 s, with a batch's locks",
    async strike(world) {
      await holdLocks(world, "analytics_business_metrics", async () => {
        await sleep(1000);
        world.databaseDoor.vanish();
      });
      await sleep(3000);
      await world.databaseDoor.lead([Number(new URL(world.directConnectionString()).port)]);
    },
  },
  {
    name: "PostgreSQL: behind a pooler for 4 s, killed twice",
    leftOut: () => (pooler === undefined ? "no PgBouncer 1.22.1 or newer on the PATH" : undefined),
    isExcused: true,
    strike: putPoolerBetween,
  },
  {
    name: "PostgreSQL: disk full for 4 s",
    leftOut: (world) => (world.ownDisk ? undefined : "a small tmpfs cannot be mounted (needs root)"),
    strike: fillDisk,
  },
  {
    name: "Redis: kill -9",
    leftOut: needsRedis,
    async strike(world) {
      await world.redis?.kill();
      await sleep(1000);
      await world.redis?.restart();
    },
  },
  { name: "Collector: kill -9", leftOut: needsCollector, strike: (world) => world.restartCollector() },
  {
    name: "receiver and PostgreSQL: kill -9",
    async strike(world) {
      await world.first.end("SIGKILL");
      await killDatabase(world);
      await world.first.start();
    },
  },
  {
    name: "receiver and Redis: kill -9",
    leftOut: needsRedis,
    async strike(world) {
      await world.redis?.kill();
      await killReceiver(world);
      await world.redis?.restart();
    },
  },
  {
    name: "PostgreSQL and Redis: kill -9",
    leftOut: needsRedis,
    async strike(world) {
      await world.redis?.kill();
      await killDatabase(world);
      await world.redis?.restart();
    },
  },
  {
    name: "Collector and PostgreSQL: kill -9",
    leftOut: needsCollector,
    async strike(world) {
      await Promise.all([world.restartCollector(), killDatabase(world)]);
    },
  },
  {
    name: "Collector and receiver: kill -9",
    leftOut: needsCollector,
    async strike(world) {
      await Promise.all([world.restartCollector(), killReceiver(world)]);
    },
  },
];
