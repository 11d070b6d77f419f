import { millisecondsOf } from "../bytes/nanoseconds.ts";
import type { CustomAiCalls } from "../catalogue/custom-definitions.ts";
import type { OtlpWalker, SpanEnd } from "../otlp/otlp-carrier.ts";
import { idState } from "../otlp/otlp-carrier.ts";
import { AttributeListener } from "./attribute-listener.ts";
import { aiFields } from "./ai-conventions.ts";
import { isThinned } from "./read-trace-state.ts";
import { readAiCall, UnknownOperation, type AiCallData } from "./read-ai-call.ts";

const environmentNames = ["deployment.environment.name", "deployment.environment"] as const;
const isProduction = /^\s*prod(?:uction)?\s*$/i;
/** Longer texts are cut: four bytes are the most that a character has. */
const maxTextBytes = 1024;

/** Keeps the attributes of some names. A value that is neither text, number nor boolean is passed over. */
class KeptAttributes extends AttributeListener {
  readonly values = new Map<string, string | number | boolean>();
  readonly #names: ReadonlySet<string>;
  readonly #lengths: ReadonlySet<number>;
  #current = "";

  constructor(names: readonly string[]) {
    super();
    this.#names = new Set(names);
    this.#lengths = new Set(names.map((name) => name.length));
  }

  override key(bytes: Buffer, start: number, end: number): void {
    const name = this.#lengths.has(end - start) ? bytes.latin1Slice(start, end) : "";
    this.#current = this.#names.has(name) ? name : "";
  }

  override string(bytes: Buffer, start: number, end: number): void {
    if (this.#current === "") return;
    // PostgreSQL stores no U+0000.
    this.#take(bytes.utf8Slice(start, Math.min(end, start + maxTextBytes)).replaceAll("\0", ""));
  }

  override int(value: number): void {
    this.#take(value);
  }

  override double(value: number): void {
    this.#take(value);
  }

  override again(): void {
    this.values.delete(this.#current);
  }

  #take(value: string | number): void {
    if (this.#current !== "") this.values.set(this.#current, value);
  }
}

/** A call of a model that a span is, and when it ended, in milliseconds since 1970. */
export interface MappedAiCall {
  readonly data: AiCallData;
  readonly endMs: number;
}

/** Finds calls of models among the spans of the services that a product names. One for each request. */
export class AiCallFinder {
  readonly #services: ReadonlySet<string>;
  readonly #ignoredScopes: ReadonlySet<string>;
  readonly #resource = new KeptAttributes(["service.name", ...environmentNames]);
  readonly #span = new KeptAttributes(Object.values(aiFields).flat());
  readonly #end: SpanEnd = { startHigh: 0, startLow: 0, endHigh: 0, endLow: 0, failed: false, traceState: "" };
  /** Whether the present resource is of such a service; undefined until it is read. */
  #isCounted: boolean | undefined;
  #scope = "";

  constructor({ services, ignoreScopes }: CustomAiCalls) {
    this.#services = new Set(services);
    this.#ignoredScopes = new Set(ignoreScopes);
  }

  beginResource(): void {
    this.#isCounted = undefined;
  }

  /** Whether the spans of the scope that begins are looked at. */
  takesScope(walker: OtlpWalker): boolean {
    this.#isCounted ??= this.#readResource(walker);
    if (!this.#isCounted) return false;
    const { bytes, start, end } = walker.carrier.scopeName;
    this.#scope = bytes.utf8Slice(start, Math.min(end, start + maxTextBytes)).replaceAll("\0", "");
    return !this.#ignoredScopes.has(this.#scope);
  }

  /** @returns null if the span is not a call of a model */
  read(walker: OtlpWalker): MappedAiCall | UnknownOperation | "unusable_ai_call" | null {
    const attributes = this.#span.values;
    attributes.clear();
    const end = this.#end;
    walker.readSpanAttributes(this.#span, end);
    if (attributes.size === 0) return null;
    const endMs = millisecondsOf(end.endHigh, end.endLow);
    const nanoseconds = (end.endHigh - end.startHigh) * 0x1_0000_0000 + end.endLow - end.startLow;
    const hasStart = end.startHigh !== 0 || end.startLow !== 0;
    const durationMs = hasStart && nanoseconds >= 0 ? Math.round(nanoseconds / 1000) / 1000 : null;
    const data = readAiCall({
      scope: this.#scope,
      attributes,
      failed: end.failed,
      sampled: isThinned(end.traceState),
      durationMs,
    });
    if (data === null) return null;
    if (data instanceof UnknownOperation) return data;
    const { traceIdState, spanIdState } = walker.carrier;
    if (traceIdState !== idState.valid || spanIdState !== idState.valid || endMs === 0) return "unusable_ai_call";
    return { data, endMs };
  }

  #readResource(walker: OtlpWalker): boolean {
    const { values } = this.#resource;
    values.clear();
    walker.readResourceAttributes(this.#resource);
    const environment = environmentNames.map((name) => values.get(name)).find((value) => value !== undefined);
    const service = values.get("service.name");
    if (typeof service !== "string" || !this.#services.has(service)) return false;
    return environment === undefined || environment === "" || isProduction.test(String(environment));
  }
}
