import type { IncomingMessage, ServerResponse } from "node:http";
import type { Checked, KnownEventName, GivenAttributes, RuleAttributes } from "./checked-attributes.ts";
import type { CustomEventName } from "./custom-event.ts";
import { findEventDefinition } from "./event-catalogue.ts";
import { compilePath, type PathMatcher } from "./match-path.ts";
import { readGiven } from "./recording/copy-attributes.ts";
import { describeThrown } from "./recording/encode-any-value.ts";
import { showValue } from "./recording/show-value.ts";

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
  /** NaN if the request began before the SDK was started. */
  readonly durationMs: number;
}

interface RuleFor<N> {
  /** HTTP method. Default: any. */
  readonly method?: string | undefined;
  /** Path of the URL: `/api/tracking/:number`; `:name` is one segment, a final `*` the rest. */
  readonly path: string;
  /** A name of the catalogue, one of `OwnEvents`, or `custom("…")`. */
  readonly event: N;
  /**
   * More attributes: an object, in which `":number"` stands for that part of the path, or a function
   * of the exchange (null records nothing). `success` and `response_time_ms` are there already.
   */
  readonly attributes?: (RuleAttributes<N> | ((exchange: HttpExchange) => GivenAttributes<N> | null)) | undefined;
}

/** A rule whose function gives attributes that its event does not take: each is a type that says what is wrong. */
type CheckedRule<R> = R extends { readonly event: infer N; readonly attributes: (exchange: HttpExchange) => infer A }
  ? { readonly attributes: (exchange: HttpExchange) => Checked<N, string, Exclude<A, null>> | null }
  : unknown;

/** What the rules `R` have to be. An object's attributes are checked as any literal is, what a function returns is not. */
export type CheckedRules<R> = { readonly [I in keyof R]: R[I] & CheckedRule<R[I]> };

/** Records an event at the end of each request that matches. */
export type HttpEventRule = { readonly [N in KnownEventName]: RuleFor<N> }[KnownEventName] | RuleFor<CustomEventName>;

/** A rule that was read once and is known to be usable. */
export interface CompiledRule {
  readonly event: string;
  /** Null for any. */
  readonly method: string | null;
  readonly match: PathMatcher;
  readonly attributes: unknown;
}

/** Compiles the option `httpEvents`; a rule that cannot be used is left out and named to `warn`. Never throws. */
export function readHttpRules(given: unknown, warn: (message: string) => void): CompiledRule[] {
  if (given === undefined) return [];
  let rules: unknown[] = [];
  try {
    if (!Array.isArray(given)) throw new TypeError(`it has to be a list of rules, not ${showValue(given)}`);
    rules = [...(given as unknown[])];
  } catch (error) {
    warn(`the option httpEvents cannot be used: ${describeThrown(error)}; no HTTP request yields an event`);
  }
  return rules.flatMap((rule, index) => {
    try {
      return [compileRule(rule)];
    } catch (error) {
      warn(`rule ${index} of httpEvents is left out: ${describeThrown(error)}`);
      return [];
    }
  });
}

function compileRule(rule: unknown): CompiledRule {
  if (typeof rule !== "object" || rule === null) throw new TypeError(`it has to be an object, not ${showValue(rule)}`);
  const read = (name: keyof HttpEventRule): unknown => readGiven(rule, name);
  const event = read("event");
  const method = read("method");
  const attributes = read("attributes");
  if (typeof event !== "string" || event === "") {
    throw new TypeError(`its event has to be a name, not ${showValue(event)}`);
  }
  if (method !== undefined && method !== null && typeof method !== "string") {
    throw new TypeError(`its method has to be a text, not ${showValue(method)}`);
  }
  if (attributes !== undefined && !["object", "function"].includes(typeof attributes)) {
    throw new TypeError(`its attributes have to be an object or a function, not ${showValue(attributes)}`);
  }
  return { event, method: method?.toUpperCase() ?? null, match: compilePath(read("path")), attributes };
}

/** What the event of a finished request carries; null if the rule records nothing. */
export function attributesOf(rule: CompiledRule, exchange: HttpExchange): Record<string, unknown> | null {
  const attributes: Record<string, unknown> = {
    success: exchange.success,
    response_time_ms: Number.isNaN(exchange.durationMs) ? undefined : exchange.durationMs,
  };
  // An event of the catalogue gets what it defines; one of your own gets both.
  const definition = findEventDefinition(rule.event);
  if (definition !== undefined) {
    for (const name of Object.keys(attributes)) {
      if (!Object.hasOwn(definition.attributes, name)) delete attributes[name];
    }
  }
  if (typeof rule.attributes === "function") {
    const own: unknown = (rule.attributes as (exchange: HttpExchange) => unknown)(exchange);
    if (own === null) return null;
    refusePromise(own);
    return Object.assign(attributes, own);
  }
  for (const [name, value] of Object.entries(rule.attributes ?? {}) as [string, unknown][]) {
    const param = typeof value === "string" && value.startsWith(":") ? value.slice(1) : null;
    attributes[name] = param !== null && Object.hasOwn(exchange.params, param) ? exchange.params[param] : value;
  }
  return attributes;
}

/** An async function gives nothing in time; its rejection must not end the process. */
function refusePromise(own: unknown): void {
  if (typeof own !== "object" || own === null || typeof (own as { then?: unknown }).then !== "function") return;
  Promise.resolve(own).catch(() => undefined);
  throw new TypeError("the attributes of a rule have to be there at once, not in a promise");
}
