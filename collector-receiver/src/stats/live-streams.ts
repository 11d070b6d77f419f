import { PassThrough } from "node:stream";
import { FairShares } from "../fairness/fair-shares.ts";
import type { LiveDocument } from "./live.ts";
import { LiveMemory, readLive } from "./live.ts";
import { RequestError } from "./request-error.ts";
import type { StatsContext } from "./stats-options.ts";

/** A change shows within a second: half of it is waiting, the rest is for reading and the network. */
const lookEveryMs = 500;
/** Proxies close a connection on which nothing passes for a minute or less. */
const heartbeatEveryMs = 15_000;
/** A browser that lost its stream waits so long before it opens another. */
const reopenAfterMs = 2_000;
/** Of all tenants; one alone may have half of them. */
const maxStreams = 200;
/** A client that does not read is let go before it holds more than this. */
const maxUnreadBytes = 256 * 1024;

interface Watched {
  readonly clients: Set<PassThrough>;
  readonly timer: NodeJS.Timeout;
  /** What the clients have seen last; a newcomer is shown it at once. */
  shown: LiveEvent | undefined;
  looking: boolean;
  readonly memory: LiveMemory;
}

interface LiveEvent {
  /** Two events with one key say the same. */
  readonly key: string;
  readonly text: string;
}

/**
 * Looks at the counters of each tenant that is watched, once for all who watch it, and passes changes
 * on. Looking instead of being told works with any number of receivers, with and without Redis.
 */
export class LiveStreams {
  readonly #context: Pick<StatsContext, "pool" | "now" | "live">;
  readonly #tenants = new Map<string, Watched>();
  readonly #heartbeat: NodeJS.Timeout;
  readonly #streams = new FairShares(maxStreams);
  #closed = false;

  constructor(context: Pick<StatsContext, "pool" | "now" | "live">) {
    this.#context = context;
    this.#heartbeat = setInterval(() => {
      for (const { clients } of this.#tenants.values()) for (const client of clients) send(client, ": still here\n\n");
    }, heartbeatEveryMs);
    this.#heartbeat.unref();
  }

  /**
   * A stream of server-sent events: `live` with the whole document now and after each change,
   * `unavailable` if the numbers cannot be read at the moment.
   * @throws RequestError `too_many_streams`: 429 if the tenant has its share, else 503
   */
  open(tenantId: string): PassThrough {
    const exceeded = this.#closed ? "all" : this.#streams.exceeds(tenantId, 1);
    if (exceeded !== undefined) {
      const text = `${this.#streams.heldBy(tenantId)} streams of this tenant are open, and all tenants together may have ${maxStreams}: poll without stream=1, or try again later`;
      throw new RequestError("too_many_streams", text, null, exceeded === "own" ? 429 : 503);
    }
    const client = new PassThrough();
    const watched = this.#watch(tenantId);
    watched.clients.add(client);
    this.#streams.take(tenantId, 1);
    client.once("close", () => {
      this.#streams.give(tenantId, 1);
      watched.clients.delete(client);
      if (watched.clients.size > 0) return;
      clearInterval(watched.timer);
      this.#tenants.delete(tenantId);
    });
    client.write(`retry: ${reopenAfterMs}\n\n`);
    if (watched.shown === undefined) void this.#look(tenantId, watched);
    else client.write(watched.shown.text);
    return client;
  }

  /** Ends every stream; no more are opened. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    for (const { clients, timer } of this.#tenants.values()) {
      clearInterval(timer);
      for (const client of clients) client.end();
    }
  }

  #watch(tenantId: string): Watched {
    const known = this.#tenants.get(tenantId);
    if (known !== undefined) return known;
    const watched: Watched = {
      clients: new Set(),
      timer: setInterval(() => void this.#look(tenantId, watched), lookEveryMs),
      shown: undefined,
      looking: false,
      memory: new LiveMemory(),
    };
    watched.timer.unref();
    this.#tenants.set(tenantId, watched);
    return watched;
  }

  async #look(tenantId: string, watched: Watched): Promise<void> {
    if (watched.looking) return;
    watched.looking = true;
    try {
      pass(watched, eventOf(await readLive(this.#context, tenantId, watched.memory)));
    } catch {
      pass(watched, { key: "unavailable", text: "event: unavailable\ndata: {}\n\n" });
    } finally {
      watched.looking = false;
    }
  }
}

function pass(watched: Watched, event: LiveEvent): void {
  if (watched.shown?.key === event.key) return;
  watched.shown = event;
  for (const client of watched.clients) send(client, event.text);
}

function send(client: PassThrough, text: string): void {
  if (client.writableLength > maxUnreadBytes) client.destroy();
  else client.write(text);
}

/** A document as an event; its key leaves out the time at which it was read. */
function eventOf(document: LiveDocument): LiveEvent {
  const { as_of: _, ...rest } = document;
  return { key: JSON.stringify(rest), text: `event: live\ndata: ${JSON.stringify(document)}\n\n` };
}
