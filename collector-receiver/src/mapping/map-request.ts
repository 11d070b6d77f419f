import type { OtlpEncoding, OtlpSignal } from "../otlp/otlp-carrier.ts";
import { walkJson } from "../otlp/walk-json.ts";
import type { Walk } from "../otlp/walk-pauses.ts";
import { walkProtobuf } from "../otlp/walk-protobuf.ts";
import type { MappedRequest } from "./business-event.ts";
import { AiCallVisitor } from "./map-ai-calls.ts";
import { CarrierMapper } from "./map-carriers.ts";
import { bytesEach, bytesOfEvent, bytesOfRejection } from "./measure-mapped.ts";
import type { MappingContext } from "./mapping-context.ts";

/**
 * From the bytes of one OTLP request to what is stored and counted. Pure: the same bytes and
 * context give the same result. One bad event is a rejection and hurts itself alone.
 * @param body inflated; nothing of the result refers to it, so that its memory may be used again at once
 * @throws MalformedOtlpError if the bytes are not that OTLP message: nothing of it is usable
 * @throws UnknownTenantError if a gateway names a tenant that its token does not cover
 */
export function mapRequest(
  body: Uint8Array,
  encoding: OtlpEncoding,
  signal: OtlpSignal,
  context: MappingContext,
): MappedRequest {
  const mapping = new RequestMapping(body, encoding, signal, context);
  mapping.run(Infinity);
  return mapping.take();
}

/**
 * As `mapRequest`, in slices: other requests may be mapped between them. The body has to stay as it is until the last one.
 */
export class RequestMapping {
  readonly #mapper: CarrierMapper;
  readonly #steps: Walk;
  #bytes = 0;
  #measuredEvents = 0;
  #measuredRejections = 0;

  /** @param isCareful true if what is taken before the end must be right: if a mapping of the same body was restarted */
  constructor(
    body: Uint8Array,
    encoding: OtlpEncoding,
    signal: OtlpSignal,
    context: MappingContext,
    isCareful = false,
  ) {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const mapper = (this.#mapper = new CarrierMapper(encoding, signal, context));
    const aiCalls = signal === "traces" ? context.custom?.aiCalls : undefined;
    const visitor = aiCalls === undefined ? mapper : new AiCallVisitor(mapper, aiCalls, context);
    const walk =
      encoding === "protobuf" ? walkProtobuf(bytes, signal, visitor) : walkJson(bytes, signal, visitor, isCareful);
    this.#steps = this.#stepsOf(walk);
  }

  /** True if the walk had to begin again: what was taken before is not right. */
  get isRestarted(): boolean {
    return this.#mapper.isRestarted;
  }

  *#stepsOf(walk: Walk): Walk {
    for (;;) {
      const { done } = walk.next();
      yield* this.#mapper.kept.finish();
      if (done === true) return;
      yield;
    }
  }

  /**
   * @param until on the clock of `performance.now()`; it is passed by about a millisecond at the most
   * @returns whether all of the body is mapped
   */
  run(until: number): boolean {
    this.#mapper.beginSlice();
    try {
      while (!this.#steps.next().done) if (performance.now() >= until) return false;
      return true;
    } finally {
      this.#mapper.endSlice();
    }
  }

  /** Memory of what was mapped and not taken yet, about. */
  get bytes(): number {
    const { events, kept, sourceReports } = this.#mapper;
    const { rejected } = kept;
    for (; this.#measuredEvents < events.length; this.#measuredEvents++) {
      this.#bytes += bytesOfEvent(events[this.#measuredEvents]!);
    }
    for (; this.#measuredRejections < rejected.length; this.#measuredRejections++) {
      this.#bytes += bytesOfRejection(rejected[this.#measuredRejections]!);
    }
    return this.#bytes + kept.waitingBytes + sourceReports.length * bytesEach;
  }

  /** What was mapped since the last call. */
  take(): MappedRequest {
    this.#bytes = this.#measuredEvents = this.#measuredRejections = 0;
    return this.#mapper.take();
  }
}
