import { URLSearchParams } from "node:url";
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { context, type Context } from "@opentelemetry/api";
import { showNotice } from "./diagnose.ts";
import { attributesOf, type CompiledRule, type HttpExchange } from "./http-rules.ts";
import { describeThrown } from "./recording/encode-any-value.ts";
import type { EventRecorder, RequestNotes } from "./recording/event-recorder.ts";
import type { AttributeBag } from "./recording/event-writer.ts";
import { readSteadyMs } from "./steady-clock.ts";
import { startTimer } from "./timers.ts";

/** A request that began before the rules were there is attended for this long, in ms. */
const earlyMs = 60_000;

interface RequestMessage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Matched {
  readonly rule: CompiledRule;
  readonly params: Record<string, string>;
}

/**
 * Watches every HTTP/1 server of the process through Node's own diagnostics channel, hence whatever
 * framework it is and whatever the sampler of the traces decides.
 */
export class HttpWatch {
  readonly #recorder: EventRecorder;
  readonly #requests = new AsyncLocalStorage<RequestNotes | undefined>();
  #rules: readonly CompiledRule[] = [];
  #subscribed = false;
  /** Answers of requests whose begin was seen; null when all others are long gone. */
  #begun: WeakSet<ServerResponse> | null = new WeakSet();

  constructor(recorder: EventRecorder) {
    this.#recorder = recorder;
  }

  /** Records events by these rules, instead of those before. */
  watch(rules: readonly CompiledRule[]): void {
    this.#rules = rules;
    if (this.#subscribed || rules.length === 0) return;
    this.#subscribed = true;
    this.#recorder.requests = this.#requests;
    subscribe(
      "http.server.request.start",
      guard((message) => this.#begin(message)),
    );
    this.#watchEarly();
  }

  /** Next.js answers its first requests while it starts: of a request that has begun only the end is seen. */
  #watchEarly(): void {
    const notes = newNotes();
    const end = guard((message) => this.#endEarly(message, notes));
    this.#recorder.strayNotes = notes;
    subscribe("http.server.response.finish", end);
    startTimer(earlyMs, () => {
      unsubscribe("http.server.response.finish", end);
      this.#recorder.strayNotes = null;
      this.#begun = null;
    });
  }

  #endEarly({ request, response }: RequestMessage, notes: RequestNotes): void {
    if (this.#begun?.has(response) === true) return;
    // Express rewrites `url` while it handles the request, and keeps what it was.
    const { originalUrl } = request as IncomingMessage & { readonly originalUrl?: string };
    const [path, query] = splitUrl(originalUrl ?? request.url);
    const exchange = exchangeOf(request, response, query, NaN);
    this.#recordMatched(this.#match(request.method, path), exchange, notes, undefined);
  }

  #match(method: string | undefined, path: string): Matched[] {
    const matched: Matched[] = [];
    for (const rule of this.#rules) {
      if (rule.method !== null && rule.method !== method) continue;
      const params = rule.match(path);
      if (params !== null) matched.push({ rule, params });
    }
    return matched;
  }

  #begin({ request, response }: RequestMessage): void {
    const [path, query] = splitUrl(request.url);
    const matched = this.#match(request.method, path);
    const notes = matched.length === 0 ? undefined : newNotes();
    // A storage of our own: the product's context stays as it is. Each request enters, because the next one on the
    // same connection must not inherit from the one before.
    this.#requests.enterWith(notes);
    if (notes === undefined) return;
    this.#begun?.add(response);

    const { surroundings } = this.#recorder;
    const outer = surroundings.getStore();
    const startedAt = readSteadyMs();
    let active: Context | undefined;
    let ending: AttributeBag | undefined;
    // Emitted within `end()`: there the span of the handler is known.
    response.once("prefinish", () => {
      try {
        ending = surroundings.getStore();
        active = context.active();
      } catch (error) {
        complain(error);
      }
    });
    response.once("close", () => {
      const durationMs = Math.round((readSteadyMs() - startedAt) * 1000) / 1000;
      // Frameworks such as Koa, Hono and Next end the answer outside of the handler's context.
      const around = { ...outer, ...notes.attributes, ...ending };
      const exchange = exchangeOf(request, response, query, durationMs);
      surroundings.run(around, () => this.#recordMatched(matched, exchange, notes, active));
    });
  }

  #recordMatched(
    matched: readonly Matched[],
    exchange: Omit<HttpExchange, "params">,
    notes: RequestNotes,
    active: Context | undefined,
  ): void {
    for (const { rule, params } of matched) {
      // What the handler itself recorded knows more than the status does.
      if (notes.recordedNames.has(rule.event)) continue;
      try {
        const attributes = attributesOf(rule, { ...exchange, params });
        if (attributes === null) continue;
        const options = active === undefined ? undefined : { context: active };
        // It is not an explicit call, of this request or of another.
        this.#requests.run(newNotes(), () => this.#recorder.record(rule.event, attributes, options));
      } catch (error) {
        complain(error);
      }
    }
  }
}

function newNotes(): RequestNotes {
  return { recordedNames: new Set(), attributes: {} };
}

/** Path and query. */
function splitUrl(url = "/"): [path: string, query: string] {
  const queryStart = url.indexOf("?");
  return queryStart === -1 ? [url, ""] : [url.slice(0, queryStart), url.slice(queryStart + 1)];
}

function exchangeOf(
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
  durationMs: number,
): Omit<HttpExchange, "params"> {
  const { statusCode } = response;
  const success = response.writableFinished && statusCode < 400;
  return { query: new URLSearchParams(query), request, response, statusCode, success, durationMs };
}

/** A listener of Node's channels that never throws. */
function guard(listen: (message: RequestMessage) => void): (message: unknown) => void {
  return (message) => {
    try {
      listen(message as RequestMessage);
    } catch (error) {
      complain(error);
    }
  };
}

function complain(error: unknown): void {
  const message = `an httpEvents rule failed, its event is missing: ${describeThrown(error)}`;
  showNotice({ level: "error", key: message, message, loud: true });
}
