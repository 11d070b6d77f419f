import pg from "pg";
import type { FastifyBaseLogger } from "fastify";
import { noticeLostClients } from "./writer-connection.ts";

/** After so long a page gives up its connection: the host may be gone. */
const readDeadlineMs = 15_000;
/** For how long readers do with fewer connections after PostgreSQL had none left. */
const shrunkMs = 60_000;

/** The connections that pages and the API read over. Opened when they are needed. */
export class ReadPool extends pg.Pool {
  readonly #maxConnections: number;
  #growth: NodeJS.Timeout | undefined;

  constructor(connectionString: string, maxConnections: number, log: Pick<FastifyBaseLogger, "warn">) {
    super({
      connectionString,
      max: maxConnections,
      application_name: "spanledger-reader",
      connectionTimeoutMillis: 5_000,
      query_timeout: readDeadlineMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // Awaited by the pool: a statement beside the first one of a reader is deprecated in pg.
      onConnect: noticeLostClients,
    });
    this.#maxConnections = maxConnections;
    // Without a listener the loss of an idle connection would end the process.
    this.on("error", (error) => log.warn({ err: error }, "a connection for reading was lost"));
  }

  /**
   * Makes do with half of the open connections for a minute, because PostgreSQL has none left for a writer. Idle ones are
   * closed at once, the others when their statement is over.
   */
  async shrink(): Promise<void> {
    const open = this.totalCount;
    this.options.max = Math.max(1, Math.floor(open / 2));
    clearTimeout(this.#growth);
    this.#growth = setTimeout(() => (this.options.max = this.#maxConnections), shrunkMs).unref();
    for (let idle = Math.min(this.idleCount, open - this.options.max); idle > 0; idle--) {
      const client = await this.connect().catch(() => undefined);
      client?.release(true);
    }
  }
}
