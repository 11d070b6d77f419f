import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { findFreePort } from "../../collector-receiver/src/embedded/find-free-port.ts";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../collector-receiver/src/embedded/embedded-postgres.ts";
import { migrateDatabase } from "../../collector-receiver/src/storage/schema/migrate-database.ts";
import { findCollector } from "../../deploy/collector/find-collector.ts";
import { startCollector, type RunningCollector } from "../../deploy/collector/start-collector.ts";
import { obtainRedisProgram } from "../../deploy/setup/obtain-redis-server.ts";
import { copyAsStandby, promote } from "../support/copy-as-standby.ts";
import { startRedis, type RestartableRedis } from "../support/start-redis.ts";
import { ReceiverProcess } from "./receiver-process.ts";
import { openTcpDoor } from "./tcp-door.ts";

const run = promisify(execFile);

/** Room for PostgreSQL's data: small enough to be filled in a second. */
const diskBytes = 640 * 1024 * 1024;
const databaseSettings = ["max_connections=40", "max_wal_size=96MB", "min_wal_size=32MB"];

export type FaultWorld = Awaited<ReturnType<typeof openFaultWorld>>;

/**
 * Everything that can die, each part in a process of its own: SDK → Collector → receivers → PostgreSQL and
 * Redis. PostgreSQL and the receivers stand behind doors with fixed ports, so that they may come back.
 */
export async function openFaultWorld(say: (line: string) => void) {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-faults-"));
  const disk = join(folder, "disk");
  await mkdir(disk, { mode: 0o755 });
  const ownDisk = await run("mount", ["-t", "tmpfs", "-o", `size=${diskBytes},mode=0755`, "tmpfs", disk]).then(
    () => true,
    () => false,
  );
  const closers: (() => Promise<unknown>)[] = [
    async () => {
      if (ownDisk) await run("umount", ["-l", disk]);
      await rm(folder, { recursive: true, force: true });
    },
  ];

  const databaseDoor = await openTcpDoor();
  closers.push(() => databaseDoor.close());
  let postgres: EmbeddedPostgres;
  /** Where PostgreSQL's data is: on the disk, or that of a standby which took over. */
  let dataFolder = disk;
  async function startDatabase(): Promise<void> {
    // The children of a server that was killed need a moment to notice.
    for (let attempt = 1; ; attempt++) {
      try {
        postgres = await startEmbeddedPostgres({ dataFolder, durable: true, settings: databaseSettings });
        await databaseDoor.lead([postgres.port]);
        return;
      } catch (error) {
        if (attempt === 20) throw error;
        await sleep(250);
      }
    }
  }
  /** Also one that an earlier fault found running, whose `stop` leaves it alone. */
  async function stopDatabase(): Promise<void> {
    const { pid } = postgres;
    process.kill(pid, "SIGINT");
    while (isAlive(pid)) await sleep(50);
  }
  await startDatabase();
  closers.push(() => postgres.stop());
  const behindDoor = new URL(postgres!.connectionString);
  behindDoor.port = String(databaseDoor.port);
  await migrateDatabase(behindDoor.href);

  const redisProgram = await obtainRedisProgram(() => {}).catch(() => undefined);
  let redis: RestartableRedis | undefined;
  if (redisProgram === undefined) say("left out: Redis (npm run setup)");
  else {
    redis = await startRedis(redisProgram);
    closers.push(() => redis!.stop());
  }

  const environment = {
    DATABASE_URL: behindDoor.href,
    LOG_LEVEL: "warn",
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
  };
  const receivers = await Promise.all(
    [1, 2].map(async (n) => new ReceiverProcess(await findFreePort(), environment, join(folder, `receiver-${n}.log`))),
  );
  const [first, second] = receivers as [ReceiverProcess, ReceiverProcess];
  closers.push(() => Promise.all(receivers.map((receiver) => receiver.end("SIGKILL"))));
  await first.start();
  const receiverDoor = await openTcpDoor();
  closers.push(() => receiverDoor.close());
  await receiverDoor.lead([first.port]);

  const program = await findCollector();
  let collector: RunningCollector | undefined;
  async function openCollector(ports?: RunningCollector["ports"]): Promise<void> {
    if (program === undefined) return;
    collector = await startCollector({
      program,
      folder: join(folder, "collector"),
      receiverUrl: `http://127.0.0.1:${receiverDoor.port}`,
      ...(ports === undefined ? {} : { ports }),
    });
  }
  await openCollector();
  if (collector === undefined) say("left out: the Collector (npm run collector:build)");
  closers.push(async () => collector?.stop("SIGKILL"));

  return {
    /** Whether PostgreSQL's data has a disk of its own that can be filled. */
    ownDisk,
    disk,
    first,
    second,
    redis,
    receiverDoor,
    databaseDoor,
    connectionString: behindDoor.href,
    hasCollector: program !== undefined,
    /** Where products send to. */
    endpoint: collector?.url ?? `http://127.0.0.1:${receiverDoor.port}`,
    async restartCollector(): Promise<void> {
      const ports = collector?.ports;
      await collector?.stop("SIGKILL");
      await sleep(1000);
      await openCollector(ports);
    },
    /** `kill -9` of the postmaster; its children end when they notice. */
    killDatabase(): void {
      process.kill(postgres.pid, "SIGKILL");
    },
    startDatabase,
    /**
     * The server goes, and a cold copy of it serves as a standby in its place, until somebody promotes it. The server's
     * address stays, as that of a managed service does.
     */
    async failOver(): Promise<void> {
      await stopDatabase();
      dataFolder = join(folder, "standby");
      await copyAsStandby(disk, dataFolder);
      await startDatabase();
      await sleep(3_000);
      await promote(postgres);
    },
    /** Back to the disk that may be filled, with what was written since. */
    async failBack(): Promise<void> {
      await stopDatabase();
      await rm(join(disk, "cluster"), { recursive: true });
      await run("cp", ["-a", join(dataFolder, "cluster"), disk]);
      await rm(dataFolder, { recursive: true });
      dataFolder = disk;
      await startDatabase();
    },
    /** Around the door: what the receivers suffer, questions of the suite do not. */
    async ask<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
      const client = new pg.Client({ connectionString: postgres.connectionString });
      client.on("error", () => {});
      await client.connect();
      try {
        return (await client.query<Row>(text, values)).rows;
      } finally {
        await client.end();
      }
    },
    directConnectionString: () => postgres.connectionString,
    async close(): Promise<void> {
      for (const close of closers.toReversed()) await close().catch((error: unknown) => say(String(error)));
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
