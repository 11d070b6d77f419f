import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { context, type Context } from "@opentelemetry/api";
import { showNotice } from "./diagnose.ts";
import { attributesOf, type CompiledRule, type HttpExchange } from "./http-rules.ts";
import { describeThrown } from "./recording/encode-any-value.ts";
import type { EventRecorder, Surroundings } from "./recording/event-recorder.ts";

interface RequestStart {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Watches every HTTP/1 server of the process through Node's own diagnostics channel, hence whatever
 * framework it is and whatever the sampler of the traces decides.
 */
export class HttpWatch {
  readonly #recorder: EventRecorder;
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
    subscribe("http.server.request.start", (message) => {
      try {
        beginRequest(this.#recorder, this.#rules, message as RequestStart);
      } catch (error) {
        complain(error);
      }
    });
  }
}

function beginRequest(
  recorder: EventRecorder,
  rules: readonly CompiledRule[],
  { request, response }: RequestStart,
): void {
  const url = request.url ?? "/";
  const queryStart = url.indexOf("?");
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const matched: { readonly rule: CompiledRule; readonly params: Record<string, string> }[] = [];
  for (const rule of rules) {
    if (rule.method !== null && rule.method !== request.method) continue;
    const params = rule.match(path);
    if (params !== null) matched.push({ rule, params });
  }
  // The next request on the same connection must not inherit from the one before.
  const around: Surroundings = {
    attributes: undefined,
    recordedNames: matched.length === 0 ? undefined : new Set(),
  };
  recorder.surroundings.enterWith(around);
  if (matched.length === 0) return;

  const startedAt = performance.now();
  let active: Context | undefined;
  let surroundings: Surroundings = around;
  // Emitted within `end()`, so in the handler's context: there its span and attributes are known.
  response.once("prefinish", () => {
    try {
      surroundings = recorder.surroundings.getStore() ?? around;
      active = context.active();
    } catch (error) {
      complain(error);
    }
  });
  response.once("close", () => {
    const finished = response.writableFinished;
    const { statusCode } = response;
    const exchange: Omit<HttpExchange, "params"> = {
      query: new URLSearchParams(queryStart === -1 ? "" : url.slice(queryStart + 1)),
      request,
      response,
      statusCode,
      success: finished && statusCode < 400,
      durationMs: Math.round((performance.now() - startedAt) * 1000) / 1000,
    };
    for (const { rule, params } of matched) {
      // What the handler itself recorded knows more than the status does.
      if (around.recordedNames?.has(rule.event) === true) continue;
      try {
        const attributes = attributesOf(rule, { ...exchange, params });
        if (attributes === null) continue;
        recorder.surroundings.run({ ...surroundings, recordedNames: undefined }, () => {
          const options = active === undefined ? undefined : { context: active };
          recorder.record(rule.event, attributes, options);
        });
      } catch (error) {
        complain(error);
      }
    }
  });
}

function complain(error: unknown): void {
  const message = `an httpEvents rule failed, its event is missing: ${describeThrown(error)}`;
  showNotice({ level: "error", key: message, message });
}
