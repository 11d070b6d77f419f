import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { context, type Context } from "@opentelemetry/api";
import { showNotice } from "./diagnose.ts";
import { findEventDefinition, type AttributeValue, type BusinessEventName } from "./event-catalogue.ts";
import { compilePath, type PathMatcher } from "./match-path.ts";
import { describeThrown } from "./recording/encode-any-value.ts";
import type { EventRecorder, Surroundings } from "./recording/event-recorder.ts";

/** What a rule knows of a finished request. */
export interface HttpExchange {
  /** Values of the `:name` parts of the path, URL-decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly statusCode: number;
  /** Status under 400, and the answer was sent to its end. */
  readonly success: boolean;
  readonly durationMs: number;
}

/** Records an event at the end of each request that matches. */
export interface HttpEventRule {
  /** HTTP method. Default: any. */
  readonly method?: string;
  /** Path of the URL: `/api/tracking/:number`; `:name` is one segment, a final `*` the rest. */
  readonly path: string;
  /** A name of the catalogue, or one of your own. */
  readonly event: BusinessEventName | (string & {});
  /**
   * More attributes: an object, in which `":number"` stands for that part of the path, or a function
   * of the exchange (null records nothing). `success` and `response_time_ms` are there already.
   */
  readonly attributes?:
    | Readonly<Record<string, AttributeValue>>
    | ((exchange: HttpExchange) => Readonly<Record<string, AttributeValue>> | null);
}

interface CompiledRule {
  readonly rule: HttpEventRule;
  readonly method: string | null;
  readonly match: PathMatcher;
}

interface RequestStart {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

let subscribed: { rules: readonly CompiledRule[] } | null = null;

/**
 * Watches every HTTP/1 server of the process through Node's own diagnostics channel, hence whatever
 * framework it is and whatever the sampler of the traces decides.
 */
export function watchHttpRequests(recorder: EventRecorder, rules: readonly HttpEventRule[]): void {
  const compiled = rules.map((rule) => ({
    rule,
    method: rule.method?.toUpperCase() ?? null,
    match: compilePath(rule.path),
  }));
  if (subscribed !== null) {
    subscribed.rules = compiled;
    return;
  }
  if (compiled.length === 0) return;
  const state = { rules: compiled as readonly CompiledRule[] };
  subscribed = state;
  subscribe("http.server.request.start", (message) => {
    try {
      beginRequest(recorder, state.rules, message as RequestStart);
    } catch (error) {
      complain(error);
    }
  });
}

function beginRequest(
  recorder: EventRecorder,
  rules: readonly CompiledRule[],
  { request, response }: RequestStart,
): void {
  const url = request.url ?? "/";
  const queryStart = url.indexOf("?");
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const matched: { readonly rule: HttpEventRule; readonly params: Record<string, string> }[] = [];
  for (const { rule, method, match } of rules) {
    if (method !== null && method !== request.method) continue;
    const params = match(path);
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
    active = context.active();
    surroundings = recorder.surroundings.getStore() ?? around;
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

function attributesOf(rule: HttpEventRule, exchange: HttpExchange): Record<string, unknown> | null {
  const attributes: Record<string, unknown> = {
    success: exchange.success,
    response_time_ms: exchange.durationMs,
  };
  // An event of the catalogue gets what it defines; one of your own gets both.
  const definition = findEventDefinition(rule.event);
  if (definition !== undefined) {
    for (const name of Object.keys(attributes)) {
      if (!Object.hasOwn(definition.attributes, name)) delete attributes[name];
    }
  }
  if (typeof rule.attributes === "function") {
    const own = rule.attributes(exchange);
    return own === null ? null : Object.assign(attributes, own);
  }
  for (const [name, value] of Object.entries(rule.attributes ?? {})) {
    const param = typeof value === "string" && value.startsWith(":") ? value.slice(1) : null;
    attributes[name] = param !== null && Object.hasOwn(exchange.params, param) ? exchange.params[param] : value;
  }
  return attributes;
}

function complain(error: unknown): void {
  const message = `an httpEvents rule failed, its event is missing: ${describeThrown(error)}`;
  showNotice({ level: "error", key: message, message });
}
