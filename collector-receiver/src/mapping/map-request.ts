import type { OtlpEncoding, OtlpSignal } from "../otlp/otlp-carrier.ts";
import { walkJson } from "../otlp/walk-json.ts";
import type { Walk } from "../otlp/walk-pauses.ts";
import { walkProtobuf } from "../otlp/walk-protobuf.ts";
import type { MappedRequest } from "./business-event.ts";
import { CarrierMapper } from "./map-carriers.ts";
import type { MappingContext } from "./mapping-context.ts";

/**
 * From the bytes of one OTLP request to what is stored and counted. Pure: the same bytes and
 * context give the same result. One bad event is a rejection and hurts itself alone.
 * @param body inflated; nothing of the result refers to it, so that its memory may be used again at once
 * @throws MalformedOtlpError where the bytes are not that OTLP message: nothing of it is usable
 * @throws UnknownTenantError where a gateway names a tenant that its token does not cover
 */
export function mapRequest(
  body: Uint8Array,
  encoding: OtlpEncoding,
  signal: OtlpSignal,
  context: MappingContext,
): MappedRequest {
  const mapping = new RequestMapping(body, encoding, signal, context);
  mapping.run(Infinity);
  return mapping.result;
}

/**
 * As `mapRequest`, in slices: other requests may be mapped between them. The body has to stay as it is until the last one.
 */
export class RequestMapping {
  readonly #mapper: CarrierMapper;
  readonly #steps: Walk;

  constructor(body: Uint8Array, encoding: OtlpEncoding, signal: OtlpSignal, context: MappingContext) {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.#mapper = new CarrierMapper(encoding, signal, context);
    const walk = encoding === "protobuf" ? walkProtobuf : walkJson;
    this.#steps = this.#stepsOf(walk(bytes, signal, this.#mapper));
  }

  *#stepsOf(walk: Walk): Walk {
    for (;;) {
      const { done } = walk.next();
      yield* this.#mapper.finishRejections();
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

  /** What was mapped so far. */
  get result(): MappedRequest {
    const { events, rejected, sourceReports, rejectedCarriers, ignored } = this.#mapper;
    return { events, rejected, sourceReports, rejectedCarriers, ignored };
  }
}
