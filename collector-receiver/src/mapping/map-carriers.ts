import { instrumentationScope, reservedAttributes } from "@spanledger/sdk/event-catalogue";
import type { AttributeTape } from "../otlp/attribute-tape.ts";
import { isText } from "../otlp/text-range.ts";
import type { CarrierVisitor, OtlpCarrier, OtlpEncoding, OtlpSignal, OtlpWalker } from "../otlp/otlp-carrier.ts";
import { BusinessEvent, type MappedRequest, type SourceReport } from "./business-event.ts";
import { compileCatalogue, type CompiledCatalogue, type EventName } from "./compile-catalogue.ts";
import { deriveEventId, fingerprintOf, type DerivedId } from "./derive-event-id.ts";
import { invalidTooLarge, type EventProblem } from "./describe-event-problem.ts";
import {
  findFieldProblem,
  findMarkProblem,
  findMissing,
  findNameProblem,
  findSpanProblem,
  farAheadMs,
  findTimeProblem,
  type TimeBounds,
} from "./find-event-problem.ts";
import type { MappingContext } from "./mapping-context.ts";
import { NameAttributeReader } from "./read-name-attribute.ts";
import type { AttributeKey, MappingPlan } from "./event-plan.ts";
import type { NameFilter } from "../bytes/name-filter.ts";
import { findMissingSign } from "./find-near-miss.ts";
import type { IgnoredReason } from "./ignored-reasons.ts";
import { NearMissWatch } from "./watch-near-misses.ts";
import { SenderWatch } from "./watch-senders.ts";
import { EventNames } from "./find-event-name.ts";
import { EventPlace } from "./event-place.ts";
import { EventReader } from "./event-reader.ts";
import { textColumn, type ResourceColumns } from "./event-row-arena.ts";
import { kindOfMark, timeOfEvent } from "./id-kind.ts";
import { KeptEvents, tooEarly, type TooEarly } from "./kept-events.ts";
import { ResourceReader, type ResourceReading } from "./read-resource.ts";
import { SourceReportReader, sourceReportSpan } from "./read-source-report.ts";
import { millisecondsOf } from "../bytes/nanoseconds.ts";
import { resolveTenant } from "./resolve-tenant.ts";
import { writeRejectionPayload } from "./write-rejection-payload.ts";

const markName = Buffer.from(reservedAttributes.eventId);
/** Older ways to name a log record's event, the first that is there counts; EventName comes before both. */
const nameAttributes = ["event.name", "otel.event.name"].map((name) => Buffer.from(name));
const scopeName = Buffer.from(instrumentationScope);
const reportName = Buffer.from(sourceReportSpan);

/** Until a resource is read. */
const noColumns: ResourceColumns = { tenant: textColumn(null), service: textColumn(null) };

const eventReader = new EventReader();
const resourceReader = new ResourceReader();
const reportReader = new SourceReportReader();
const nameReader = new NameAttributeReader(nameAttributes);
const eventPlace = new EventPlace();

/** Makes business events, rejections and reports of what the walkers find in one request. */
export class CarrierMapper implements CarrierVisitor, TimeBounds {
  events: BusinessEvent[] = [];
  readonly kept = new KeptEvents();
  sourceReports: SourceReport[] = [];
  rejectedCarriers = 0;
  ignored = 0;
  /** True if the walker had to begin again. */
  isRestarted = false;

  readonly #encoding: OtlpEncoding;
  readonly #signal: OtlpSignal;
  readonly #context: MappingContext;
  readonly #catalogue: CompiledCatalogue;
  readonly #reading = eventReader.reading;
  readonly tape: AttributeTape<AttributeKey>;
  readonly soughtSpanNames: NameFilter;
  readonly takesLongSpans = false;
  #resourceReading: ResourceReading | null = null;
  #tenantId = "";
  #columns: ResourceColumns = noColumns;
  #tenantProblem: EventProblem | null = null;
  retainedFromMs = -Infinity;
  readonly latestMs: number;
  readonly #senders: SenderWatch;
  #isOurScope = false;
  readonly #names: EventNames;
  #carrierIsRejected = false;
  /** Of the span, or of the resource's log records. */
  readonly #ordinals = new Map<string, number>();
  readonly watch: NearMissWatch;

  constructor(encoding: OtlpEncoding, signal: OtlpSignal, context: MappingContext) {
    this.#encoding = encoding;
    this.#signal = signal;
    this.#context = context;
    this.#catalogue = compileCatalogue(context.countedAttributes, context.custom);
    this.tape = this.#catalogue.tape;
    this.soughtSpanNames = this.#catalogue.nameFilter;
    this.#names = new EventNames(this.#catalogue);
    this.watch = new NearMissWatch(this.#catalogue, this.#names);
    this.latestMs = context.nowMs + farAheadMs;
    this.#senders = new SenderWatch(context);
  }

  /** Other requests may have been mapped since the last slice. */
  beginSlice(): void {
    eventReader.configure(this.#catalogue, this.#context.limits);
  }

  endSlice(): void {
    eventReader.forgetBody();
  }

  restart(): void {
    this.isRestarted = true;
    this.kept.restart();
    this.watch.restart();
    this.take();
  }

  /** What was mapped since the last call. */
  take(): MappedRequest {
    const { events, sourceReports, rejectedCarriers, ignored } = this;
    [this.events, this.sourceReports] = [[], []];
    this.rejectedCarriers = this.ignored = 0;
    const kept = { ...this.kept.take(), ...this.#senders.take(), nearMisses: this.watch.take() };
    return { events, sourceReports, rejectedCarriers, ignored, ...kept };
  }

  resource(): void {
    this.#resourceReading = null;
    if (this.#ordinals.size > 0) this.#ordinals.clear();
  }

  scope(walker: OtlpWalker): boolean {
    this.#isOurScope = isText(walker.carrier.scopeName, scopeName);
    return this.#isOurScope;
  }

  beginSpan(walker: OtlpWalker, events: number): void {
    const carrier = walker.carrier;
    this.#carrierIsRejected = false;
    if (this.#ordinals.size > 0) this.#ordinals.clear();
    this.watch.noteSpanLosses(walker, this.#resourceReading);
    if (events > 0) return;
    if (!this.#isOurScope) this.watch.lookAtSpan(walker);
    else if (isText(carrier.spanName, reportName)) {
      reportReader.begin();
      walker.readSpanAttributes(reportReader);
      this.#addSourceReport(walker);
    }
  }

  unreadable(): void {
    this.#ignore("wrong_type");
  }

  unknownMembers(count: number): void {
    this.watch.add("unknown_json_member", count);
  }

  #ignore(reason: IgnoredReason): void {
    this.ignored++;
    this.watch.add(reason);
  }

  spanEvent(walker: OtlpWalker): void {
    if (!walker.hasAttributes()) {
      this.ignored++;
      return;
    }
    const name = this.#names.find(walker.carrier);
    const plan = name.plan ?? this.#planOfOther(walker, name);
    if (plan === null) return;
    eventReader.read(walker, plan, null, false);
    this.#finish(walker, name, plan);
  }

  /** Of a name outside the catalogue: null without the mark, and then it is ignored. */
  #planOfOther(walker: OtlpWalker, name: EventName): MappingPlan | null {
    if (walker.hasEventAttribute(markName)) return this.#catalogue.customPlan;
    this.#ignore(name.isClose ? "close_name" : this.watch.reasonOfBody(walker));
    return null;
  }

  logRecord(walker: OtlpWalker): void {
    const carrier = walker.carrier;
    const range = carrier.eventName;
    // Nothing is ours without a mark or what its event requires.
    if (!walker.hasAttributes() && (range.start === range.end || !walker.hasPayload())) {
      this.#ignore(this.watch.reasonOfBody(walker));
      return;
    }
    this.#carrierIsRejected = false;
    let name: EventName;
    let skippedKey: Buffer | null = null;
    if (range.start === range.end) {
      nameReader.begin();
      walker.readEventAttributes(nameReader);
      const text = nameReader.value;
      name = this.#names.findIn(text, 0, text.length);
      skippedKey = nameReader.name;
    } else {
      if (this.#isOurScope && isText(range, reportName)) {
        reportReader.begin();
        walker.readEventAttributes(reportReader);
        takeLogTime(carrier);
        this.#addSourceReport(walker);
        return;
      }
      name = this.#names.find(carrier);
    }
    const plan = name.plan ?? this.#planOfOther(walker, name);
    if (plan === null) return;
    takeLogTime(carrier);
    eventReader.read(walker, plan, skippedKey, true);
    this.#finish(walker, name, plan);
  }

  #finish(walker: OtlpWalker, name: EventName, plan: MappingPlan): void {
    const reading = this.#reading;
    const carrier = walker.carrier;
    // Without the mark, a catalogue name alone is not a sign: browsers emit a `session.start` too. If its attributes cannot
    // be read, the signs may be among them.
    if (
      !reading.marked &&
      (name.plan === null ||
        ((reading.touched & plan.requiredMask) === 0 && carrier.fault?.field !== "attributes" && !reading.incomplete))
    ) {
      this.#ignore(name.plan === null ? "foreign_name" : findMissingSign(walker, plan));
      return;
    }
    const resource = this.#resourceReading ?? this.#readResource(walker);
    this.watch.noteAttributeLosses(walker, resource);
    const markMs = reading.eventIdTimeMs;
    const occurredAtMs = timeOfEvent(markMs, millisecondsOf(carrier.timeHigh, carrier.timeLow));
    const problem =
      this.#tenantProblem ??
      (this.#signal === "traces" ? findSpanProblem(carrier) : null) ??
      (carrier.fault === null ? null : findFieldProblem(carrier, carrier.fault, this.#signal)) ??
      findNameProblem(name) ??
      findTimeProblem(carrier, occurredAtMs, this) ??
      (reading.marked && !reading.hasEventId ? findMarkProblem(reading) : null) ??
      reading.problem ??
      (reading.satisfied === plan.requiredMask ? null : findMissing(reading, plan)) ??
      (reading.writeInvalid() ? null : invalidTooLarge(reading.limits.eventDataBytes));
    if (problem !== null) {
      const hasTime = carrier.fault?.field !== "time" && findTimeProblem(carrier, occurredAtMs, this) === null;
      return this.#keep(walker, name, problem, hasTime ? occurredAtMs : null);
    }
    if (this.#senders.isTooEarly(occurredAtMs)) {
      return this.#keep(walker, name, tooEarly, occurredAtMs, { occurredAtMs, serviceName: resource.serviceName });
    }
    if (!this.#isOurScope) this.watch.lookAtSessionId(walker, reading.sessionId, resource);
    const derived = reading.hasEventId ? null : this.#deriveId(walker, name, resource, plan);
    const kind = derived === null ? kindOfMark(markMs, occurredAtMs) : derived.kind;
    if (!reading.test) this.#senders.see(occurredAtMs);
    eventPlace.read(carrier, this.#isOurScope || isText(carrier.spanName, name.bytes));
    reading.arena.takeRow(reading, occurredAtMs, eventPlace, name.column, this.#columns);
    const event = new BusinessEvent(this.#tenantId, name.text, occurredAtMs, resource.serviceName, kind, reading);
    if (derived?.earlierId !== undefined) event.earlierId = derived.earlierId;
    this.events.push(event);
  }

  #deriveId(walker: OtlpWalker, name: EventName, resource: ResourceReading, plan: MappingPlan): DerivedId {
    const { carrier } = walker;
    const skippedKey = carrier.eventName.start === carrier.eventName.end ? nameReader.name : null;
    const members = eventReader.readMembers(walker, plan, skippedKey);
    this.#reading.writeInvalid();
    const fingerprint = fingerprintOf(carrier, name.text, resource, members);
    return deriveEventId(fingerprint, this.#ordinals, this.#reading.eventId);
  }

  #readResource(walker: OtlpWalker): ResourceReading {
    const resource = resourceReader.read(walker);
    this.#resourceReading = resource;
    const { tenantId, problem } = resolveTenant(this.#context.tenant, resource);
    this.#tenantId = tenantId;
    this.#tenantProblem = problem;
    this.#columns = { tenant: textColumn(tenantId), service: textColumn(resource.serviceName) };
    this.retainedFromMs = this.#context.retainedFromMs(this.#tenantId) ?? -Infinity;
    this.#senders.begin(tenantId, resource);
    return resource;
  }

  /** Keeps an event as it was sent. @param early null: it has a problem, and its carrier is rejected */
  #keep(
    walker: OtlpWalker,
    name: EventName,
    problem: EventProblem,
    occurredAtMs: number | null,
    early: TooEarly | null = null,
  ): void {
    if (early === null && !this.#carrierIsRejected) {
      this.#carrierIsRejected = true;
      this.rejectedCarriers++;
    }
    const [encoding, signal] = [this.#encoding, this.#signal];
    const { sourceId, eventSeq: seq } = this.#reading;
    const source = sourceId !== null && seq > 0 ? { sourceId, seq } : null;
    const payload = writeRejectionPayload(walker.carrier, encoding, signal, this.#resourceReading!);
    const bad = { tenantId: this.#tenantId, name, problem, occurredAtMs, payload, encoding, signal, source };
    this.kept.add(bad, early);
  }

  #addSourceReport(walker: OtlpWalker): void {
    if (reportReader.sourceId !== null) {
      const { serviceName } = this.#resourceReading ?? this.#readResource(walker);
      if (this.#tenantProblem === null) {
        this.sourceReports.push(reportReader.reportOf(this.#tenantId, serviceName, walker.carrier));
        return;
      }
    }
    this.#ignore("incomplete_report");
  }
}

/** The record's own time; if it has none, when it was observed. */
function takeLogTime(carrier: OtlpCarrier): void {
  if (carrier.timeHigh !== 0 || carrier.timeLow !== 0) return;
  carrier.timeHigh = carrier.observedHigh;
  carrier.timeLow = carrier.observedLow;
}
