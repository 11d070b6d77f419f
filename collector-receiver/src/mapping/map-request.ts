import { hash } from "node:crypto";
import { instrumentationScope, maxEventNameLength, reservedAttributes } from "@spanledger/sdk/event-catalogue";
import type { AttributeTape } from "../otlp/attribute-tape.ts";
import {
  idState,
  parentSpanIdAt,
  spanIdAt,
  traceIdAt,
  type CarrierVisitor,
  type OtlpCarrier,
  type OtlpEncoding,
  type OtlpSignal,
  type OtlpWalker,
  type TextRange,
} from "../otlp/otlp-carrier.ts";
import { walkJson } from "../otlp/walk-json.ts";
import { walkProtobuf } from "../otlp/walk-protobuf.ts";
import { EventDataBuilder } from "./build-event-data.ts";
import type { BusinessEvent, EventSource, MappedRequest, RejectedEvent, SourceReport } from "./business-event.ts";
import {
  compileCatalogue,
  type AttributeKey,
  type CompiledCatalogue,
  type EventName,
  type EventPlan,
} from "./compile-catalogue.ts";
import { deriveEventId, readMembers } from "./derive-event-id.ts";
import type { EventProblem } from "./describe-event-problem.ts";
import { shortenText } from "./describe-value.ts";
import {
  findMarkProblem,
  findMissing,
  findNameProblem,
  findSpanProblem,
  findTimeProblem,
  type TimeBounds,
} from "./find-event-problem.ts";
import type { MappingContext } from "./mapping-context.ts";
import { NameAttributeReader } from "./read-name-attribute.ts";
import { readPlainAttributes } from "./read-plain-attributes.ts";
import { RequestIds } from "./request-ids.ts";
import { ResourceReader, type ResourceFacts } from "./read-resource.ts";
import { SourceReportReader, sourceReportName } from "./read-source-report.ts";
import { millisecondsOf } from "./read-uuid.ts";
import { rejectionCodes } from "./rejection-codes.ts";
import { resolveTenant } from "./resolve-tenant.ts";
import { writeRejectionPayload } from "./write-rejection-payload.ts";

const markName = Buffer.from(reservedAttributes.eventId);
/** The deprecated way to name a log record's event; EventName comes first. */
const nameAttribute = Buffer.from("event.name");
const scopeName = Buffer.from(instrumentationScope);
const reportName = Buffer.from(sourceReportName);

const dayMs = 86_400_000;
/** How far the time in a version 7 mark may lie from the wire's and still be the event's. */
const markToleranceMs = 1000;
const nothing = Buffer.alloc(0);

/**
 * The media types by which a payload is stored and replayed.
 */
export const payloadTypes: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: "application/x-protobuf",
  json: "application/json",
};

/**
 * From the bytes of one OTLP request to what is stored and counted. Pure: the same bytes and
 * context give the same result. One bad event is a rejection and hurts itself alone.
 * @param body inflated; events may keep views of it only in rejections, never in `eventData`
 * @throws MalformedOtlpError where the bytes are not that OTLP message: nothing of it is usable
 * @throws UnknownTenantError where a gateway names a tenant that its token does not cover
 */
export function mapRequest(
  body: Uint8Array,
  encoding: OtlpEncoding,
  signal: OtlpSignal,
  context: MappingContext,
): MappedRequest {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const mapper = new RequestMapper(encoding, signal, context);
  if (encoding === "protobuf") walkProtobuf(bytes, signal, mapper);
  else walkJson(bytes, signal, mapper);
  mapper.finishTexts();
  const { events, rejected, sourceReports, rejectedCarriers, ignored } = mapper;
  return { events, rejected, sourceReports, rejectedCarriers, ignored };
}

/** Mapping is synchronous, so that one builder serves all requests. */
let sharedBuilder: EventDataBuilder | null = null;
const sharedIds = new RequestIds();
const resourceReader = new ResourceReader();
const reportReader = new SourceReportReader();
const nameReader = new NameAttributeReader(nameAttribute);

type MutableEvent = { -readonly [K in keyof BusinessEvent]: BusinessEvent[K] };

class RequestMapper implements CarrierVisitor, TimeBounds {
  readonly events: MutableEvent[] = [];
  readonly rejected: RejectedEvent[] = [];
  readonly sourceReports: SourceReport[] = [];
  rejectedCarriers = 0;
  ignored = 0;

  private readonly encoding: OtlpEncoding;
  private readonly signal: OtlpSignal;
  private readonly context: MappingContext;
  private readonly catalogue: CompiledCatalogue;
  private readonly builder: EventDataBuilder;
  readonly tape: AttributeTape<AttributeKey>;
  private resourceFacts: ResourceFacts | null = null;
  private tenantId = "";
  private tenantProblem: EventProblem | null = null;
  retainedFromMs = -Infinity;
  readonly latestMs: number;
  private isOurScope = false;
  private carrierIsRejected = false;
  /** Where the ids stand in the request's texts; -1 where there is none. */
  private traceIdAt = -1;
  private ownSpanIdAt = -1;
  private parentSpanIdAt = -1;
  /** Five positions an event, see `finishTexts`. */
  private readonly textsAt: number[] = [];
  private hasTraceContext = false;
  /** Of the span, or of the resource's log records. */
  private readonly ordinals = new Map<string, number>();

  constructor(encoding: OtlpEncoding, signal: OtlpSignal, context: MappingContext) {
    this.encoding = encoding;
    this.signal = signal;
    this.context = context;
    this.catalogue = compileCatalogue(context.countedAttributes, context.custom);
    this.tape = this.catalogue.tape;
    this.latestMs = context.nowMs + dayMs;
    sharedBuilder ??= new EventDataBuilder(this.catalogue, context.limits);
    sharedBuilder.configure(this.catalogue, context.limits);
    this.builder = sharedBuilder;
    this.builder.texts.begin();
    sharedIds.begin();
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
    this.hasTraceContext = false;
    if (this.ordinals.size > 0) this.ordinals.clear();
    if (events === 0 && isText(carrier.spanName, reportName)) {
      reportReader.begin();
      walker.readSpanAttributes(reportReader);
      this.addSourceReport(walker);
    }
  }

  spanEvent(walker: OtlpWalker): void {
    const range = walker.carrier.eventName;
    const name = this.catalogue.names.find(range.bytes, range.start, range.end);
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

  private readAttributes(walker: OtlpWalker, plan: EventPlan, skippedKey: Buffer | null): void {
    const builder = this.builder;
    builder.begin(plan, skippedKey);
    if (walker.scanEventAttributes() && readPlainAttributes(builder, this.tape, walker.carrier)) return;
    builder.begin(plan, skippedKey);
    walker.readEventAttributes(builder);
  }

  logRecord(walker: OtlpWalker): void {
    const carrier = walker.carrier;
    const range = carrier.eventName;
    this.carrierIsRejected = false;
    this.hasTraceContext = false;
    let name: EventName;
    let skippedKey: Buffer | null = null;
    if (range.start === range.end) {
      nameReader.begin();
      walker.readEventAttributes(nameReader);
      const text = nameReader.value;
      name = this.catalogue.names.find(text, 0, text.length);
      if (text.length > 0) skippedKey = nameAttribute;
    } else {
      if (this.isOurScope && isText(range, reportName)) {
        reportReader.begin();
        walker.readEventAttributes(reportReader);
        this.takeLogTime(carrier);
        this.addSourceReport(walker);
        return;
      }
      name = this.catalogue.names.find(range.bytes, range.start, range.end);
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

  private finish(walker: OtlpWalker, name: EventName, plan: EventPlan): void {
    const builder = this.builder;
    // Without the mark, a catalogue name alone is no sign: browsers emit a `session.start` too.
    if (!builder.marked && (name.plan === null || (builder.touched & plan.requiredMask) === 0)) {
      this.ignored++;
      return;
    }
    const facts = this.resourceFacts ?? this.readResource(walker);
    const carrier = walker.carrier;
    if (!this.hasTraceContext) this.readTraceContext(carrier);
    const wireMs = millisecondsOf(carrier.timeHigh, carrier.timeLow);
    let occurredAtMs = wireMs;
    const markMs = builder.eventIdTimeMs;
    if (markMs >= 0 && markMs - wireMs <= markToleranceMs && wireMs - markMs <= markToleranceMs) {
      occurredAtMs = markMs;
    }
    const problem =
      this.tenantProblem ??
      (this.signal === "traces" ? findSpanProblem(carrier) : null) ??
      findNameProblem(name) ??
      findTimeProblem(carrier, occurredAtMs, this) ??
      (builder.marked && builder.eventIdAt < 0 ? findMarkProblem(builder) : null) ??
      builder.problem ??
      (builder.satisfied === plan.requiredMask ? null : findMissing(builder, plan));
    const source: EventSource | null =
      builder.sourceId !== null && builder.eventSeq > 0 ? { sourceId: builder.sourceId, seq: builder.eventSeq } : null;
    if (problem !== null) {
      this.reject(walker, name, problem, source);
      return;
    }
    const eventId = builder.eventIdAt >= 0 ? "" : this.deriveId(walker, name, facts, plan);
    const spanAt = this.findSpanId(carrier, name);
    this.textsAt.push(builder.eventIdAt, builder.sessionIdAt, builder.sessionIdEnd, this.traceIdAt, spanAt);
    this.events.push({
      tenantId: this.tenantId,
      eventId,
      name: name.text,
      sessionId: builder.sessionId,
      agentId: builder.agentId,
      occurredAtMs,
      test: builder.test,
      attributes: builder.attributes,
      ticketId: builder.ticketId,
      eventData: builder.arena.take(),
      traceId: null,
      spanId: null,
      serviceName: facts.serviceName,
      source,
    });
  }

  private deriveId(walker: OtlpWalker, name: EventName, facts: ResourceFacts, plan: EventPlan): string {
    const carrier = walker.carrier;
    const builder = this.builder;
    // Read again, now noting where each attribute begins: only events without a mark pay for it.
    builder.keepMembers = true;
    builder.begin(plan, carrier.eventName.start === carrier.eventName.end ? nameAttribute : null);
    walker.readEventAttributes(builder);
    builder.keepMembers = false;
    return deriveEventId(
      {
        traceId: carrier.traceIdState === idState.valid ? carrier.ids.subarray(traceIdAt, spanIdAt) : nothing,
        spanId: carrier.spanIdState === idState.valid ? carrier.ids.subarray(spanIdAt, parentSpanIdAt) : nothing,
        serviceInstanceId: facts.serviceInstanceId,
        name: name.text,
        timeHigh: carrier.timeHigh,
        timeLow: carrier.timeLow,
        members: readMembers(builder.arena, builder.members),
      },
      this.ordinals,
    );
  }

  private readResource(walker: OtlpWalker): ResourceFacts {
    walker.readResourceAttributes(resourceReader);
    const facts = resourceReader.take();
    this.resourceFacts = facts;
    const { tenantId, problem } = resolveTenant(this.context.tenant, facts);
    this.tenantId = tenantId;
    this.tenantProblem = problem;
    this.retainedFromMs = this.context.retainedFromMs(this.tenantId) ?? -Infinity;
    return facts;
  }

  /** Once per span, and only for one that holds an event of ours. */
  private readTraceContext(carrier: OtlpCarrier): void {
    this.hasTraceContext = true;
    const ids = sharedIds;
    const { idsView } = carrier;
    this.traceIdAt = carrier.traceIdState === idState.valid ? ids.add(idsView, traceIdAt, 16) : -1;
    this.ownSpanIdAt = -1;
    this.parentSpanIdAt = carrier.parentSpanIdState === idState.valid ? ids.add(idsView, parentSpanIdAt, 8) : -1;
  }

  /** The parent's span id of a carrier span, which itself stands for nothing; else the span's own. */
  private findSpanId(carrier: OtlpCarrier, name: EventName): number {
    if (this.parentSpanIdAt >= 0 && (this.isOurScope || isText(carrier.spanName, name.bytes))) {
      return this.parentSpanIdAt;
    }
    if (this.ownSpanIdAt < 0 && carrier.spanIdState === idState.valid) {
      this.ownSpanIdAt = sharedIds.add(carrier.idsView, spanIdAt, 8);
    }
    return this.ownSpanIdAt;
  }

  /** Gives each event its texts, once all are gathered. */
  finishTexts(): void {
    const text = this.builder.texts.finish();
    const ids = sharedIds.finish();
    const { events, textsAt } = this;
    for (let i = 0, at = 0; i < events.length; i++, at += 5) {
      const event = events[i]!;
      const eventIdAt = textsAt[at]!;
      const sessionIdAt = textsAt[at + 1]!;
      const traceAt = textsAt[at + 3]!;
      const spanAt = textsAt[at + 4]!;
      if (eventIdAt >= 0) event.eventId = text.substring(eventIdAt, eventIdAt + 36);
      if (sessionIdAt >= 0) event.sessionId = text.substring(sessionIdAt, textsAt[at + 2]);
      if (traceAt >= 0) event.traceId = ids.substring(traceAt, traceAt + 32);
      if (spanAt >= 0) event.spanId = ids.substring(spanAt, spanAt + 16);
    }
  }

  private reject(walker: OtlpWalker, name: EventName, problem: EventProblem, source: EventSource | null): void {
    if (!this.carrierIsRejected) {
      this.carrierIsRejected = true;
      this.rejectedCarriers++;
    }
    const payload = writeRejectionPayload(walker.carrier, this.encoding, this.signal, this.resourceFacts!);
    const payloadType = payloadTypes[this.encoding];
    const head = Buffer.from(`${this.signal}\n${payloadType}\n`);
    this.rejected.push({
      tenantId: this.tenantId,
      code: problem.code,
      reason: `${problem.text}. ${rejectionCodes[problem.code].action}`,
      eventName: name.text === "" ? null : shortenText(name.text, maxEventNameLength),
      payload,
      payloadType,
      signal: this.signal,
      contentHash: hash("sha256", Buffer.concat([head, payload]), "buffer"),
      source,
    });
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

function isText(range: TextRange, text: Buffer): boolean {
  const length = text.length;
  if (range.end - range.start !== length) return false;
  const bytes = range.bytes;
  const start = range.start;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}
