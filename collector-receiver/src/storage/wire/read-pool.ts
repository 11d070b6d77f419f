import { Socket } from "node:net";
import pg from "pg";
import { classifyDatabaseError } from "./database-errors.ts";
import { checkSession, mayTryNext } from "./connect-in-order.ts";
import { readDatabaseServers, type DatabaseServer } from "../../config/database-servers.ts";
import { causeOf, OutageLog, type OutageLogger, type OutageWatch } from "./outage-log.ts";
import { endWithinMs, noticeLostClients } from "./writer-connection.ts";

/** After so long a page gives up its connection: the host may be gone. */
const readDeadlineMs = 15_000;
/** For how long readers do with fewer connections after PostgreSQL had none left. */
const shrunkMs = 60_000;

/** A server that takes so long to say no has probably vanished: those who ask next would wait as long, one after the other. */
const slowMs = 1_000;
/** For how long nobody tries it again. */
const pauseMs = 1_000;

/** PostgreSQL is not there or does not let us in; whoever asked may ask again. */
export class DatabaseAwayError extends Error {
  override readonly name = "DatabaseAwayError";
  readonly code = "database_unavailable";
  /** Of HTTP. */
  readonly statusCode = 503;
  constructor(options: ErrorOptions) {
    super("PostgreSQL cannot be read now: ask again in some seconds.", options);
  }
}

/** True if all connections were in use for too long, which says nothing about the server. */
function isQueueTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === "timeout exceeded when trying to connect";
}

/** What `pg-pool` itself connects with. */
async function tell(connected: Promise<pg.PoolClient>, callback: ConnectCallback): Promise<void> {
  let client: pg.PoolClient;
  try {
    client = await connected;
  } catch (error) {
    callback(error as Error, undefined, () => {});
    return;
  }
  callback(undefined, client, (error) => client.release(error));
}

/** The connections that pages and the API read over, opened when they are needed. Its `query` throws DatabaseAwayError too. */
export interface ReadPool extends pg.Pool {
  /**
   * Makes do with half of the open connections for a minute, because PostgreSQL has none left for a writer. Idle ones are
   * closed at once, the others when their statement is over.
   */
  shrink(): Promise<void>;
}

/** The outages of the pools that pages and figures are read over. */
export function logReadOutages(log: OutageLogger): OutageLog {
  return new OutageLog(log, {
    begins: (reason) => `pages and figures cannot be read: ${reason}; requests are answered 503`,
    ends: (seconds, refused) => `pages and figures are read again after ${seconds} s; ${refused} reads failed`,
  });
}

/** @param outages pools that share it tell one outage once */
export function createReadPool(connectionString: string, maxConnections: number, outages: OutageWatch): ReadPool {
  return new WatchedPool(connectionString, maxConnections, outages);
}

type ConnectCallback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: Error | boolean) => void,
) => void;

class WatchedPool extends pg.Pool implements ReadPool {
  readonly #servers: readonly DatabaseServer[];
  /** The server that the next connection goes to. */
  readonly #current: { place: number };
  readonly #maxConnections: number;
  readonly #outages: OutageWatch;
  readonly #sockets: Set<Socket>;
  #growth: NodeJS.Timeout | undefined;
  #vanished: { readonly untilMs: number; readonly error: unknown } | undefined;

  constructor(connectionString: string, maxConnections: number, outages: OutageWatch) {
    const sockets = new Set<Socket>();
    const servers = readDatabaseServers(connectionString);
    const current = { place: 0 };
    super({
      connectionString: servers[0]?.url,
      stream: () => {
        const socket = new Socket();
        sockets.add(socket);
        return socket.once("close", () => sockets.delete(socket));
      },
      max: maxConnections,
      application_name: "spanledger-reader",
      connectionTimeoutMillis: 5_000,
      query_timeout: readDeadlineMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // Awaited by the pool: a statement beside the first one of a reader is deprecated in pg.
      onConnect: async (client) => {
        const server = servers[current.place];
        if (server !== undefined) await checkSession(client, server);
        await noticeLostClients(client);
      },
    });
    this.#servers = servers;
    this.#current = current;
    this.#sockets = sockets;
    this.#maxConnections = maxConnections;
    this.#outages = outages;
    // Without a listener the loss of an idle connection would end the process. The next read opens another one.
    this.on("error", () => {});
  }

  override connect(callback?: ConnectCallback): never {
    const connected = this.#connect();
    return (callback === undefined ? connected : void tell(connected, callback)) as never;
  }

  /** An idle connection, or one to the first server after the last good one that fits; at once an error if all vanished a moment ago. */
  async #connect(): Promise<pg.PoolClient> {
    const beganMs = performance.now();
    if (this.#vanished !== undefined && this.idleCount === 0 && beganMs < this.#vanished.untilMs) {
      throw this.#vanished.error;
    }
    try {
      return await this.#connectInOrder();
    } catch (error) {
      const nowMs = performance.now();
      const isVanished = nowMs - beganMs > slowMs && !isQueueTimeout(error);
      if (isVanished) this.#vanished = { untilMs: nowMs + pauseMs, error };
      throw error;
    }
  }

  async #connectInOrder(): Promise<pg.PoolClient> {
    let first: unknown;
    for (let tries = 0; tries < this.#servers.length; tries++) {
      const { place } = this.#current;
      try {
        return await super.connect();
      } catch (error) {
        first ??= error;
        const next = (place + 1) % this.#servers.length;
        if (!mayTryNext(error, this.#servers[next])) throw error;
        // Several connections may fail at the same server at once.
        if (this.#current.place === place) {
          this.#current.place = next;
          this.options.connectionString = this.#servers[next]?.url;
        }
      }
    }
    throw first;
  }

  /** @throws DatabaseAwayError if PostgreSQL is not there; otherwise as `pg` does */
  override query(...parameters: unknown[]): never {
    const asked = super.query(...(parameters as [string])) as Promise<unknown> | undefined;
    // With a callback, pg returns nothing.
    if (asked === undefined) return undefined as never;
    const answered = asked.then(
      (result) => {
        this.#outages.succeeded();
        return result;
      },
      (error: unknown) => {
        const kind = classifyDatabaseError(error);
        if (kind !== "unavailable" && kind !== "login_refused") throw error;
        this.#outages.failedBecause(1, causeOf(error));
        throw new DatabaseAwayError({ cause: error });
      },
    );
    return answered as never;
  }

  /** Closes the connections in order; those of a host that does not answer to that, at once. */
  override end(): never {
    const timer = setTimeout(() => this.#sockets.forEach((socket) => socket.destroy()), endWithinMs);
    return super.end().finally(() => clearTimeout(timer)) as never;
  }

  async shrink(): Promise<void> {
    const open = this.totalCount;
    this.options.max = Math.max(1, Math.floor(open / 2));
    clearTimeout(this.#growth);
    this.#growth = setTimeout(() => (this.options.max = this.#maxConnections), shrunkMs).unref();
    for (let idle = Math.min(this.idleCount, open - this.options.max); idle > 0; idle--) {
      const client = await this.#connect().catch(() => undefined);
      client?.release(true);
    }
  }
}
