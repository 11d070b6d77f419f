import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { fitsSchema, readMigrationStatus } from "../storage/schema/migrate-database.ts";

export interface ProbeOptions {
  readonly pool: Pick<Pool, "query">;
  /** True from the moment at which the receiver was told to stop. */
  readonly isDraining: () => boolean;
  /** For how long the oldest request waits for its commit, in ms. */
  readonly oldestWaitMs: () => number;
  /** Why no batch can be begun now; undefined: one can. */
  readonly findBeginProblem: () => Promise<string | undefined>;
}

/** A request that waits for longer means that batches stand still. */
const maxWaitMs = 5_000;
const checkTimeoutMs = 3_000;

/**
 * `/livez`: the process answers; whoever watches it restarts it if it does not. `/readyz`: it may be
 * sent requests, that is PostgreSQL answers, batches are committed and can be begun, the schema is one that it can work with,
 * and it is not about to stop. It writes nothing.
 */
export function answerProbes(app: FastifyInstance, options: ProbeOptions): void {
  const { pool, isDraining, oldestWaitMs, findBeginProblem } = options;
  app.get("/livez", { schema: { hide: true } }, async () => ({ status: "alive" }));
  app.get("/readyz", { schema: { hide: true } }, async (_request, reply) => {
    const waitMs = oldestWaitMs();
    const [database, beginProblem] = await Promise.all([checkDatabase(pool), checkBegin(findBeginProblem)]);
    const checks = {
      draining: isDraining() ? "draining" : "ok",
      ingest: waitMs > maxWaitMs ? `a request has waited for ${Math.round(waitMs / 1000)} s` : (beginProblem ?? "ok"),
      ...database,
    };
    const ready = Object.values(checks).every((outcome) => outcome === "ok");
    if (!ready) void reply.code(503).header("retry-after", "1");
    return { status: ready ? "ready" : "not_ready", checks };
  });
}

async function checkBegin(findProblem: () => Promise<string | undefined>): Promise<string | undefined> {
  const problem = await withTimeout(findProblem()).catch(() => "PostgreSQL cannot be reached");
  return problem === undefined ? undefined : `no batch can be begun: ${problem}`;
}

async function checkDatabase(pool: Pick<Pool, "query">): Promise<{ database: string; migrations: string }> {
  try {
    const status = await withTimeout(readMigrationStatus(pool));
    const { pending, unknown } = status;
    if (pending.length > 0) return { database: "ok", migrations: `pending: ${pending.join(", ")}` };
    return {
      database: "ok",
      migrations: fitsSchema(status) ? "ok" : `too new for this version: ${unknown.join(", ")}`,
    };
  } catch {
    // The reason stands in the log of whoever needs the database; a probe is answered to strangers too.
    return { database: "unreachable", migrations: "unknown" };
  }
}

async function withTimeout<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("PostgreSQL did not answer in time")), checkTimeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
