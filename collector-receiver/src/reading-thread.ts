import { getCompileCacheDir } from "node:module";
import { extname } from "node:path";
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from "fastify";
import type { Config } from "./config/config.ts";
import type { OutageCause, OutageWatch } from "./storage/wire/outage-log.ts";
import { RequestError } from "./stats/request-error.ts";
import { AskedThread } from "./threads/asked-thread.ts";

/** A request for figures or a page, after its token was checked. */
export interface ReadingQuestion {
  /** Path and query, without BASE_PATH. */
  readonly url: string;
  readonly tenantId: string;
  /** Who has signed in with a form; null: nobody. */
  readonly account: string | null;
  /** What the reader takes: a person's browser gets errors as pages. */
  readonly accept: string;
  /** Languages of the reader, as a browser says them; undefined: none. */
  readonly languages: string | undefined;
  /** By how much the receiver's clock is ahead of the system's, in ms. */
  readonly aheadMs: number;
}

/** The whole answer, but for the headers that every answer gets. */
export interface ReadingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What the thread gets when it starts. */
export interface ReadingData extends Pick<Config, "locale" | "sampleData" | "traceUrlTemplate" | "basePath"> {
  readonly connectionString: string;
  readonly maxConnections: number;
  readonly logLevel: string;
  /** Where compiled code is kept. */
  readonly compiledCode: string | undefined;
}

/** What the thread says by itself: lines of its log, and how its connections fare. */
export type ReadingNote =
  | { readonly line: string }
  | { readonly failed: number; readonly cause: OutageCause }
  | { readonly succeeded: true };

export interface ReadingThreadOptions extends Pick<Config, "locale" | "sampleData" | "traceUrlTemplate" | "basePath"> {
  readonly connectionString: string;
  readonly maxConnections: number;
  readonly log: FastifyBaseLogger;
  readonly outages: OutageWatch;
}

/** Of a part of an address: up to here the route answers, and says what is wrong. */
export const maxParameterLength = 4096;
/** The message that makes the thread's pool do with fewer connections. */
export const shrinkPool = "shrink the pool";

/** A page that needs more than this ends the thread instead of the receiver. The receiver's V8 flags are meant for ingest. */
const limits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 4 };

/**
 * Reads and builds figures and pages in a thread of its own, so that a report of many agents never keeps ingest waiting: in
 * the thread that receives, one of 20,000 agents took the event loop for up to 500 ms at a time.
 */
export class ReadingThread {
  readonly #thread: AskedThread<ReadingQuestion, ReadingAnswer, ReadingNote>;
  readonly #options: ReadingThreadOptions;

  constructor(options: ReadingThreadOptions) {
    const { connectionString, maxConnections, locale, sampleData, traceUrlTemplate, basePath, log } = options;
    const shown = { locale, sampleData, traceUrlTemplate, basePath };
    const data: ReadingData = {
      ...shown,
      connectionString,
      maxConnections,
      logLevel: log.level,
      compiledCode: getCompileCacheDir(),
    };
    this.#options = options;
    this.#thread = new AskedThread({
      file: new URL(`./reading-worker${extname(import.meta.url)}`, import.meta.url),
      name: "reading",
      data,
      limits,
      onNote: (note) => this.#hear(note),
    });
  }

  /** @throws ThreadEndedError */
  answer(question: ReadingQuestion): Promise<ReadingAnswer> {
    return this.#thread.ask(question);
  }

  shrink(): void {
    this.#thread.tell(shrinkPool);
  }

  close(): Promise<void> {
    return this.#thread.end();
  }

  #hear(note: ReadingNote): void {
    const { outages, log } = this.#options;
    if ("succeeded" in note) outages.succeeded();
    else if ("failed" in note) outages.failedBecause(note.failed, note.cause);
    else {
      const { level, msg, ...said } = JSON.parse(note.line) as { level: "error"; msg: string };
      log[level](said, msg);
    }
  }
}

/** What `answerInThread` needs beside the thread. */
export interface AnsweredInThread {
  readonly tenantOf: (request: FastifyRequest) => string;
  readonly accountOf: (request: FastifyRequest) => string | null;
  /** Milliseconds since 1970 by PostgreSQL's clock. */
  readonly now: () => number;
  /** Routes that this thread answers: their answers are short, whatever a tenant has stored. */
  readonly isShort: (route: string | undefined) => boolean;
}

/** Lets a thread answer the routes of a scope. Call it after the hooks that check tokens; parameters are checked here too. */
export function answerInThread(
  scope: FastifyInstance,
  thread: Pick<ReadingThread, "answer">,
  { tenantOf, accountOf, now, isShort }: AnsweredInThread,
): void {
  scope.addHook("preHandler", async (request, reply) => {
    if (isShort(request.routeOptions.url)) return undefined;
    const aheadMs = now() - Date.now();
    const { url, headers: asked } = request;
    const who = { tenantId: tenantOf(request), account: accountOf(request) };
    const question = { url, ...who, accept: asked.accept ?? "*/*", languages: asked["accept-language"], aheadMs };
    const { status, headers, body } = await thread.answer(question).catch((error: unknown) => {
      request.log.error({ err: error }, "the thread that builds pages and lists ended");
      throw new RequestError("reading_interrupted", "Building this answer was interrupted: ask again.", null, 503);
    });
    return reply.code(status).headers(headers).send(Buffer.from(body.buffer));
  });
}
