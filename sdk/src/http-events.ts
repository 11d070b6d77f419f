import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { context, type Context } from "@opentelemetry/api";
import { showNotice } from "./diagnose.ts";
import { attributesOf, type CompiledRule, type HttpExchange } from "./http-rules.ts";
import { describeThrown } from "./recording/encode-any-value.ts";
import type { EventRecorder, RequestNotes } from "./recording/event-recorder.ts";
import type { AttributeBag } from "./recording/event-writer.ts";

interface RequestStart {
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

  constructor(recorder: EventRecorder) {
    this.#recorder = recorder;
  }

  /** Records events by these rules, instead of those before. */
  watch(rules: readonly CompiledRule[]): void {
    this.#rules = rules;
    if (this.#subscribed || rules.length === 0) return;
    this.#subscribed = true;
    this.#recorder.requests = this.#requests;
    subscribe("http.server.request.start", (message) => {
      try {
        this.#begin(message as RequestStart);
      } catch (error) {
        complain(error);
      }
    });
  }

  #begin({ request, response }: RequestStart): void {
    const url = request.url ?? "/";
    const queryStart = url.indexOf("?");
    const path = queryStart === -1 ? url : url.slice(0, queryStart);
    const matched: Matched[] = [];
    for (const rule of this.#rules) {
      if (rule.method !== null && rule.method !== request.method) continue;
      const params = rule.match(path);
      if (params !== null) matched.push({ rule, params });
    }
    const notes: RequestNotes | undefined =
      matched.length === 0 ? undefined : { recordedNames: new Set(), attributes: {} };
    // A storage of our own: the product's context stays as it is. Each request enters, because the next one on the
    // same connection must not inherit from the one before.
    this.#requests.enterWith(notes);
    if (notes === undefined) return;

    const { surroundings } = this.#recorder;
    const outer = surroundings.getStore();
    const startedAt = performance.now();
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
      const { statusCode } = response;
      const exchange: Omit<HttpExchange, "params"> = {
        query: new URLSearchParams(queryStart === -1 ? "" : url.slice(queryStart + 1)),
        request,
        response,
        statusCode,
        success: response.writableFinished && statusCode < 400,
        durationMs: Math.round((performance.now() - startedAt) * 1000) / 1000,
      };
      // Frameworks such as Koa, Hono and Next end the answer outside of the handler's context.
      const around = { ...outer, ...notes.attributes, ...ending };
      this.#requests.run(undefined, () => {
        surroundings.run(around, () => this.#recordMatched(matched, exchange, notes, active));
      });
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
        this.#recorder.record(rule.event, attributes, active === undefined ? undefined : { context: active });
      } catch (error) {
        complain(error);
      }
    }
  }
}

function complain(error: unknown): void {
  const message = `an httpEvents rule failed, its event is missing: ${describeThrown(error)}`;
  showNotice({ level: "error", key: message, message, loud: true });
}
