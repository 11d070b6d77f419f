import type { OtlpWalker } from "../otlp/otlp-carrier.ts";
import { EventDataBuilder } from "./build-event-data.ts";
import type { CompiledCatalogue } from "./compile-catalogue.ts";
import { readMembers } from "./derive-event-id.ts";
import type { MappingPlan } from "./event-plan.ts";
import { EventReading } from "./event-reading.ts";
import type { MappingLimits } from "./mapping-context.ts";
import { PlainReading } from "./plain-reading.ts";

/** Reads the attributes of one event after the other. An event is read in one go, so that one reader serves all requests. */
export class EventReader {
  /** What was read of the present event. */
  readonly reading = new EventReading();
  readonly #plain = new PlainReading(this.reading);
  readonly #builder = new EventDataBuilder(this.reading);
  /** Whether the attributes of the present log record stand in its body as well. */
  #usesPayload = false;

  /** Before each slice of a request: another one may have been read meanwhile. */
  configure(catalogue: CompiledCatalogue, limits: MappingLimits): void {
    this.reading.configure(catalogue, limits);
  }

  /** After a slice: the body is not kept until the next. */
  forgetBody(): void {
    this.#plain.forgetBody();
  }

  /**
   * @param skippedKey an attribute that is not part of the data: the one that names a log record
   * @param isLogRecord true if attributes may stand in the record's body as well
   */
  read(walker: OtlpWalker, plan: MappingPlan, skippedKey: Buffer | null, isLogRecord: boolean): void {
    const { reading } = this;
    this.#usesPayload = false;
    reading.begin(plan, skippedKey);
    this.#plain.begin(walker.carrier);
    if (!walker.readPlainAttributes(this.#plain)) this.#readEach(walker, plan, skippedKey, null);
    // A body beside attributes that say all is somebody's remark.
    const isComplete = plan.requiredMask !== 0 && reading.satisfied === plan.requiredMask;
    if (!isLogRecord || isComplete || !walker.hasPayload()) return;
    this.#usesPayload = true;
    this.#readEach(walker, plan, skippedKey, null);
  }

  /** Reads the event again, now noting where each attribute begins: only events without a mark pay for it. */
  readMembers(walker: OtlpWalker, plan: MappingPlan, skippedKey: Buffer | null): Buffer[] {
    const members: number[] = [];
    this.#readEach(walker, plan, skippedKey, members);
    return readMembers(this.reading.arena, members);
  }

  /** Of an attribute that stands in the payload too, the attribute counts. */
  #readEach(walker: OtlpWalker, plan: MappingPlan, skippedKey: Buffer | null, members: number[] | null): void {
    this.reading.begin(plan, skippedKey);
    this.#builder.begin(members);
    if (this.#usesPayload) walker.readPayload(this.#builder);
    walker.readEventAttributes(this.#builder);
    this.#builder.end();
  }
}
