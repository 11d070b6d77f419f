import { instrumentationScope, reservedAttributes } from "@spanledger/sdk/event-catalogue";
import type { AttributeTape } from "../otlp/attribute-tape.ts";
import { isText } from "../otlp/text-range.ts";
import {
  type CarrierVisitor,
  type OtlpCarrier,
  type OtlpEncoding,
  type OtlpSignal,
  type OtlpWalker,
} from "../otlp/otlp-carrier.ts";
import { walkJson } from "../otlp/walk-json.ts";
import type { Walk } from "../otlp/walk-pauses.ts";
import { walkProtobuf } from "../otlp/walk-protobuf.ts";
import { EventDataBuilder } from "./build-event-data.ts";
import { BusinessEvent, type MappedRequest, type RejectedEvent, type SourceReport } from "./business-event.ts";
import { compileCatalogue, type CompiledCatalogue, type EventName } from "./compile-catalogue.ts";
import { deriveEventId, fingerprintOf, readMembers } from "./derive-event-id.ts";
import type { EventProblem } from "./describe-event-problem.ts";
import {
  findFieldProblem,
  findMarkProblem,
  findMissing,
  findNameProblem,
  findSpanProblem,
  findTimeProblem,
  type TimeBounds,
} from "./find-event-problem.ts";
import type { MappingContext } from "./mapping-context.ts";
import { NameAttributeReader } from "./read-name-attribute.ts";
import type { AttributeKey, MappingPlan } from "./event-plan.ts";
import { EventPlace } from "./event-place.ts";
import { LastTextColumn, textColumn, type ResourceColumns } from "./event-row-arena.ts";
import { makeRejection } from "./make-rejection.ts";
import { ResourceReader, type ResourceFacts } from "./read-resource.ts";
import { SourceReportReader, sourceReportSpan } from "./read-source-report.ts";
import { millisecondsOf } from "../bytes/read-uuid.ts";
import { resolveTenant } from "./resolve-tenant.ts";
import { writeRejectionPayload } from "./write-rejection-payload.ts";

const markName = Buffer.from(reservedAttributes.eventId);
/** Older ways to name a log record's event, the first that is there counts; EventName comes before both. */
const nameAttributes = ["event.name", "otel.event.name"].map((name) => Buffer.from(name));
const scopeName = Buffer.from(instrumentationScope);
const reportName = Buffer.from(sourceReportSpan);

/** Until a resource is read. */
const noColumns: ResourceColumns = { tenant: textColumn(null), service: textColumn(null) };

/** Of an event's name: 50 characters are allowed, and a reason quotes a little more. */
const maxNameBytes = 1024;
const dayMs = 86_400_000;
/** How far the time in a version 7 mark may lie from the wire's and still be the event's. */
const markToleranceMs = 1000;

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
  private readonly mapper: RequestMapper;
  private readonly steps: Walk;

  constructor(body: Uint8Array, encoding: OtlpEncoding, signal: OtlpSignal, context: MappingContext) {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.mapper = new RequestMapper(encoding, signal, context);
    const walk = encoding === "protobuf" ? walkProtobuf : walkJson;
    this.steps = this.stepsOf(walk(bytes, signal, this.mapper));
  }

  private *stepsOf(walk: Walk): Walk {
    for (;;) {
      const { done } = walk.next();
      yield* this.mapper.finishRejections();
      if (done === true) return;
      yield;
    }
  }

  /**
   * @param until on the clock of `performance.now()`; it is passed by about a millisecond at the most
   * @returns whether all of the body is mapped
   */
  run(until: number): boolean {
    const { builder } = this.mapper;
    this.mapper.takeBuilder();
    try {
      while (!this.steps.next().done) if (performance.now() >= until) return false;
      return true;
    } finally {
      builder.forgetBody();
    }
  }

  /** What was mapped so far. */
  get result(): MappedRequest {
    const { events, rejected, sourceReports, rejectedCarriers, ignored } = this.mapper;
    return { events, rejected, sourceReports, rejectedCarriers, ignored };
  }
}

/** An event is read in one go, so that one builder serves all requests. */
let sharedBuilder: EventDataBuilder | null = null;
const resourceReader = new ResourceReader();
const reportReader = new SourceReportReader();
const nameReader = new NameAttributeReader(nameAttributes);
const eventPlace = new EventPlace();
const tenantColumn = new LastTextColumn();
const serviceColumn = new LastTextColumn();

class RequestMapper implements CarrierVisitor, TimeBounds {
  readonly events: BusinessEvent[] = [];
  readonly rejected: RejectedEvent[] = [];
  readonly sourceReports: SourceReport[] = [];
  private readonly unfinished: Generator<undefined, RejectedEvent>[] = [];
  rejectedCarriers = 0;
  ignored = 0;

  private readonly encoding: OtlpEncoding;
  private readonly signal: OtlpSignal;
  private readonly context: MappingContext;
  private readonly catalogue: CompiledCatalogue;
  readonly builder: EventDataBuilder;
  readonly tape: AttributeTape<AttributeKey>;
  private resourceFacts: ResourceFacts | null = null;
  private tenantId = "";
  private columns: ResourceColumns = noColumns;
  private tenantProblem: EventProblem | null = null;
  retainedFromMs = -Infinity;
  readonly latestMs: number;
  private isOurScope = false;
  private lastName: EventName | null = null;
  private carrierIsRejected = false;
  /** Whether the attributes of the present log record are in its body as well. */
  private usesPayload = false;
  /** Of the span, or of the resource's log records. */
  private readonly ordinals = new Map<string, number>();

  constructor(encoding: OtlpEncoding, signal: OtlpSignal, context: MappingContext) {
    this.encoding = encoding;
    this.signal = signal;
    this.context = context;
    this.catalogue = compileCatalogue(context.countedAttributes, context.custom);
    this.tape = this.catalogue.tape;
    this.latestMs = context.nowMs + dayMs;
    this.builder = sharedBuilder ??= new EventDataBuilder(this.catalogue, context.limits);
  }

  /** Before each slice: another request may have had the builder. */
  takeBuilder(): void {
    this.builder.configure(this.catalogue, this.context.limits);
  }

  resource(): void {
    this.resourceFacts = null;
    if (this.ordinals.size > 0) this.ordinals.clear();
  }

  scope(walker: OtlpWalker): boolean {
    this.isOurScope = isText(walker.carrier.scopeName, scopeName);
    return this.isOurScope;
  }

  beginSpan(walker: OtlpWalker, events: number): void {
    const carrier = walker.carrier;
    this.carrierIsRejected = false;
    if (this.ordinals.size > 0) this.ordinals.clear();
    if (events === 0 && isText(carrier.spanName, reportName)) {
      reportReader.begin();
      walker.readSpanAttributes(reportReader);
      this.addSourceReport(walker);
    }
  }

  unreadable(): void {
    this.ignored++;
  }

  spanEvent(walker: OtlpWalker): void {
    if (!walker.hasAttributes()) {
      this.ignored++;
      return;
    }
    const name = this.findName(walker.carrier);
    let plan = name.plan;
    if (plan === null) {
      if (!walker.hasEventAttribute(markName)) {
        this.ignored++;
        return;
      }
      plan = this.catalogue.customPlan;
    }
    this.readAttributes(walker, plan, null);
    this.finish(walker, name, plan);
  }

  /** Mostly the name of the event before. */
  private findName({ eventName: { bytes, start, end }, view, body }: OtlpCarrier): EventName {
    const last = this.lastName;
    if (last !== null && end - start === last.words.length && bytes === body && last.words.isAt(view, start, end)) {
      return last;
    }
    return (this.lastName = this.findNameIn(bytes, start, end));
  }

  /** Of a name that is far too long only the beginning is kept. */
  private findNameIn(bytes: Buffer, start: number, end: number): EventName {
    let cut = Math.min(end, start + maxNameBytes);
    // Not within a character.
    if (cut < end) while (cut > start && (bytes[cut]! & 0xc0) === 0x80) cut--;
    return this.catalogue.names.find(bytes, start, cut);
  }

  private readAttributes(walker: OtlpWalker, plan: MappingPlan, skippedKey: Buffer | null): void {
    const builder = this.builder;
    this.usesPayload = false;
    builder.begin(plan, skippedKey);
    builder.beginPlain(walker.carrier);
    if (!walker.readPlainAttributes(builder)) this.readEachAttribute(walker, plan, skippedKey);
    // A body beside attributes that say all is somebody's remark.
    const isComplete = plan.requiredMask !== 0 && builder.satisfied === plan.requiredMask;
    if (this.signal === "traces" || isComplete || !walker.hasPayload()) return;
    this.usesPayload = true;
    this.readEachAttribute(walker, plan, skippedKey);
  }

  /** Of an attribute that stands in the payload too, the attribute counts. */
  private readEachAttribute(walker: OtlpWalker, plan: MappingPlan, skippedKey: Buffer | null): void {
    this.builder.begin(plan, skippedKey);
    if (this.usesPayload) walker.readPayload(this.builder);
    walker.readEventAttributes(this.builder);
  }

  logRecord(walker: OtlpWalker): void {
    const carrier = walker.carrier;
    const range = carrier.eventName;
    // Nothing is ours without a mark or what its event requires.
    if (!walker.hasAttributes() && (range.start === range.end || !walker.hasPayload())) {
      this.ignored++;
      return;
    }
    this.carrierIsRejected = false;
    let name: EventName;
    let skippedKey: Buffer | null = null;
    if (range.start === range.end) {
      nameReader.begin();
      walker.readEventAttributes(nameReader);
      const text = nameReader.value;
      name = this.findNameIn(text, 0, text.length);
      skippedKey = nameReader.name;
    } else {
      if (this.isOurScope && isText(range, reportName)) {
        reportReader.begin();
        walker.readEventAttributes(reportReader);
        this.takeLogTime(carrier);
        this.addSourceReport(walker);
        return;
      }
      name = this.findName(carrier);
    }
    let plan = name.plan;
    if (plan === null) {
      if (!walker.hasEventAttribute(markName)) {
        this.ignored++;
        return;
      }
      plan = this.catalogue.customPlan;
    }
    this.takeLogTime(carrier);
    this.readAttributes(walker, plan, skippedKey);
    this.finish(walker, name, plan);
  }

  /** The event's own time; where a record has none, when it was observed. */
  private takeLogTime(carrier: OtlpCarrier): void {
    if (carrier.timeHigh === 0 && carrier.timeLow === 0) {
      carrier.timeHigh = carrier.observedHigh;
      carrier.timeLow = carrier.observedLow;
    }
  }

  private finish(walker: OtlpWalker, name: EventName, plan: MappingPlan): void {
    const builder = this.builder;
    const carrier = walker.carrier;
    // Without the mark, a catalogue name alone is no sign: browsers emit a `session.start` too. If its attributes cannot
    // be read, the signs may be among them.
    if (
      !builder.marked &&
      (name.plan === null ||
        ((builder.touched & plan.requiredMask) === 0 && carrier.fault?.field !== "attributes" && !builder.incomplete))
    ) {
      this.ignored++;
      return;
    }
    const facts = this.resourceFacts ?? this.readResource(walker);
    const wireMs = millisecondsOf(carrier.timeHigh, carrier.timeLow);
    let occurredAtMs = wireMs;
    const markMs = builder.eventIdTimeMs;
    if (markMs >= 0 && markMs - wireMs <= markToleranceMs && wireMs - markMs <= markToleranceMs) {
      occurredAtMs = markMs;
    }
    const problem =
      this.tenantProblem ??
      (this.signal === "traces" ? findSpanProblem(carrier) : null) ??
      (carrier.fault === null ? null : findFieldProblem(carrier, carrier.fault, this.signal)) ??
      findNameProblem(name) ??
      findTimeProblem(carrier, occurredAtMs, this) ??
      (builder.marked && !builder.hasEventId ? findMarkProblem(builder) : null) ??
      builder.problem ??
      (builder.satisfied === plan.requiredMask ? null : findMissing(builder, plan));
    if (problem !== null) {
      this.reject(walker, name, problem);
      return;
    }
    if (!builder.hasEventId) this.deriveId(walker, name, facts, plan);
    eventPlace.read(carrier, this.isOurScope || isText(carrier.spanName, name.bytes));
    builder.arena.takeRow(builder, occurredAtMs, eventPlace, name.column, this.columns);
    this.events.push(new BusinessEvent(this.tenantId, name.text, occurredAtMs, facts.serviceName, builder));
  }

  private deriveId(walker: OtlpWalker, name: EventName, facts: ResourceFacts, plan: MappingPlan): void {
    const carrier = walker.carrier;
    const builder = this.builder;
    // Read again, now noting where each attribute begins: only events without a mark pay for it.
    builder.keepMembers = true;
    this.readEachAttribute(walker, plan, carrier.eventName.start === carrier.eventName.end ? nameReader.name : null);
    builder.keepMembers = false;
    const members = readMembers(builder.arena, builder.members);
    deriveEventId(fingerprintOf(carrier, name.text, facts.serviceInstanceId, members), this.ordinals, builder.eventId);
  }

  private readResource(walker: OtlpWalker): ResourceFacts {
    walker.readResourceAttributes(resourceReader);
    const facts = resourceReader.take();
    this.resourceFacts = facts;
    const { tenantId, problem } = resolveTenant(this.context.tenant, facts);
    this.tenantId = tenantId;
    this.tenantProblem = problem;
    this.columns = { tenant: tenantColumn.of(tenantId), service: serviceColumn.of(facts.serviceName) };
    this.retainedFromMs = this.context.retainedFromMs(this.tenantId) ?? -Infinity;
    return facts;
  }

  private reject(walker: OtlpWalker, name: EventName, problem: EventProblem): void {
    if (!this.carrierIsRejected) {
      this.carrierIsRejected = true;
      this.rejectedCarriers++;
    }
    const { encoding, signal, tenantId } = this;
    const { sourceId, eventSeq: seq } = this.builder;
    const source = sourceId !== null && seq > 0 ? { sourceId, seq } : null;
    const payload = writeRejectionPayload(walker.carrier, encoding, signal, this.resourceFacts!);
    const rejection = makeRejection({ tenantId, name, problem, payload, encoding, signal, source });
    const { done, value } = rejection.next();
    if (done === true) this.rejected.push(value);
    else this.unfinished.push(rejection);
  }

  /** Goes on with the rejections of long events. */
  *finishRejections(): Walk {
    for (const rejection of this.unfinished) this.rejected.push(yield* rejection);
    if (this.unfinished.length > 0) this.unfinished.length = 0;
  }

  private addSourceReport(walker: OtlpWalker): void {
    if (reportReader.sourceId === null) {
      this.ignored++;
      return;
    }
    const facts = this.resourceFacts ?? this.readResource(walker);
    if (this.tenantProblem !== null) {
      this.ignored++;
      return;
    }
    const carrier = walker.carrier;
    this.sourceReports.push({
      tenantId: this.tenantId,
      sourceId: reportReader.sourceId,
      serviceName: facts.serviceName,
      lastSeq: reportReader.lastSeq,
      dropped: reportReader.dropped,
      reportedAtMs: millisecondsOf(carrier.timeHigh, carrier.timeLow),
    });
  }
}
