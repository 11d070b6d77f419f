import type { FastifyInstance, FastifyRequest } from "fastify";

/**
 * Requests of one tenant whose answers are made at the same time. Each report of 20,000 agents takes the event loop for some
 * 100 ms at a time: with four at once, other tenants' events took five times as long as with one.
 */
const maxRunning = 1;
/** Requests of one tenant that wait for these. */
const maxWaiting = 200;

/** A tenant asks for more at once than we answer. */
export class TooManyReadsError extends Error {
  override readonly name = "TooManyReadsError";
  readonly code = "too_many_requests";
  readonly statusCode = 429;
}

interface Reads {
  running: number;
  readonly waiting: (() => void)[];
}

/** Makes a few answers of each tenant at a time, so that one tenant's requests do not take the connections of the others'. */
class ReadTurns {
  readonly #byTenant = new Map<string, Reads>();

  /** Resolves when the request may begin; `end` it once. @throws TooManyReadsError */
  async begin(tenantId: string): Promise<void> {
    const reads = this.#byTenant.get(tenantId) ?? { running: 0, waiting: [] };
    this.#byTenant.set(tenantId, reads);
    if (reads.running < maxRunning) {
      reads.running++;
      return;
    }
    if (reads.waiting.length >= maxWaiting) {
      const text = `${maxWaiting} requests of this tenant wait for their answers: ask again in a moment`;
      throw new TooManyReadsError(text);
    }
    // The one that ends hands its place on.
    await new Promise<void>((resolve) => reads.waiting.push(resolve));
  }

  end(tenantId: string): void {
    const reads = this.#byTenant.get(tenantId)!;
    const next = reads.waiting.shift();
    if (next !== undefined) next();
    else if (--reads.running === 0) this.#byTenant.delete(tenantId);
  }
}

/**
 * Limits the requests that are answered at the same time by tenant. Call it in the scope of the routes, after `askForToken`.
 * @param ownerOf whose request it is; undefined: it is not limited
 */
export function limitReads(app: FastifyInstance, ownerOf: (request: FastifyRequest) => string | undefined): void {
  const turns = new ReadTurns();
  const ends = new WeakMap<FastifyRequest, () => void>();
  app.addHook("onRequest", async (request, reply) => {
    const owner = ownerOf(request);
    if (owner === undefined) return;
    try {
      await turns.begin(owner);
    } catch (error) {
      void reply.header("retry-after", "1");
      throw error;
    }
    // The reader went away while its request waited: nobody is there to be answered.
    if (reply.raw.destroyed) {
      turns.end(owner);
      reply.hijack();
      return;
    }
    let hasEnded = false;
    ends.set(request, () => {
      if (!hasEnded) turns.end(owner);
      hasEnded = true;
    });
  });
  // The answer is made, also one whose reader went away: until then PostgreSQL works on it, and a reader that asks and leaves
  // would have any number of answers made at once. A reader that is slow to take its answer keeps nobody waiting.
  app.addHook("onSend", async (request, _reply, payload) => {
    ends.get(request)?.();
    return payload;
  });
}
