import type { NameFilter } from "../bytes/name-filter.ts";
import type { CustomAiCalls } from "../catalogue/custom-definitions.ts";
import type { AttributeTape } from "../otlp/attribute-tape.ts";
import type { CarrierVisitor, OtlpWalker } from "../otlp/otlp-carrier.ts";
import { BusinessEvent } from "./business-event.ts";
import { compileCatalogue, type CompiledCatalogue, type EventName } from "./compile-catalogue.ts";
import { deriveAiCallId } from "./derive-event-id.ts";
import type { EventProblem } from "./describe-event-problem.ts";
import { EventPlace } from "./event-place.ts";
import type { AttributeKey } from "./event-plan.ts";
import { EventReading } from "./event-reading.ts";
import { textColumn, type ResourceColumns } from "./event-row-arena.ts";
import { AiCallFinder, type MappedAiCall } from "./find-ai-calls.ts";
import { year2000Ms } from "./find-event-problem.ts";
import { idKind } from "./id-kind.ts";
import type { CarrierMapper } from "./map-carriers.ts";
import type { MappingContext } from "./mapping-context.ts";
import { ResourceReader } from "./read-resource.ts";
import { waitsFromMs } from "./sender-clocks.ts";
import { UnknownOperation } from "./read-ai-call.ts";
import { resolveTenant } from "./resolve-tenant.ts";

const aiCallName = Buffer.from("ai.call");
/** Each is used for one call after the other, in one go. */
const reading = new EventReading();
const resourceReader = new ResourceReader();
const eventPlace = new EventPlace();

/** What of a resource a row holds. */
interface CallResource {
  readonly tenantId: string;
  readonly problem: EventProblem | null;
  readonly serviceName: string | null;
  readonly columns: ResourceColumns;
  readonly retainedFromMs: number;
  /** A span that ends then, or later, has a clock that is ahead. */
  readonly waitsFromMs: number;
}

/**
 * Makes events `ai.call` of spans that are calls of models, and hands everything on to the mapper of business events. It stands
 * in front of it only if the product names services whose spans count, so that all others pay nothing.
 */
export class AiCallVisitor implements CarrierVisitor {
  readonly tape: AttributeTape<AttributeKey>;
  readonly soughtSpanNames: NameFilter;
  /** True within a scope whose spans are looked at. */
  takesLongSpans = false;
  readonly #mapper: CarrierMapper;
  readonly #finder: AiCallFinder;
  readonly #context: MappingContext;
  readonly #catalogue: CompiledCatalogue;
  readonly #name: EventName;
  #resource: CallResource | null = null;

  constructor(mapper: CarrierMapper, aiCalls: CustomAiCalls, context: MappingContext) {
    this.tape = mapper.tape;
    this.soughtSpanNames = mapper.soughtSpanNames;
    this.#mapper = mapper;
    this.#finder = new AiCallFinder(aiCalls);
    this.#context = context;
    this.#catalogue = compileCatalogue(context.countedAttributes, context.custom);
    this.#name = this.#catalogue.names.intern(aiCallName, 0, aiCallName.length);
  }

  restart(): void {
    this.#mapper.restart();
  }

  resource(): void {
    this.#resource = null;
    this.#finder.beginResource();
    this.#mapper.resource();
  }

  scope(walker: OtlpWalker): boolean {
    const isOurs = this.#mapper.scope(walker);
    this.takesLongSpans = !isOurs && this.#finder.takesScope(walker);
    return isOurs || this.takesLongSpans;
  }

  beginSpan(walker: OtlpWalker, events: number): void {
    if (this.takesLongSpans) {
      this.#takeSpan(walker);
      const { bytes, start, end } = walker.carrier.spanName;
      if (events === 0 && !this.soughtSpanNames.mayHold(bytes, start, end)) return;
    }
    this.#mapper.beginSpan(walker, events);
  }

  spanEvent(walker: OtlpWalker): void {
    this.#mapper.spanEvent(walker);
  }

  logRecord(walker: OtlpWalker): void {
    this.#mapper.logRecord(walker);
  }

  unreadable(): void {
    this.#mapper.unreadable();
  }

  unknownMembers(count: number): void {
    this.#mapper.unknownMembers(count);
  }

  #takeSpan(walker: OtlpWalker): void {
    const found = this.#finder.read(walker);
    if (found === null) return;
    if (found instanceof UnknownOperation) {
      this.#mapper.watch.addUnknownOperation(found.name);
      return;
    }
    const event = typeof found === "string" ? found : this.#makeEvent(walker, found);
    if (typeof event === "string") this.#mapper.watch.add(event);
    else this.#mapper.events.push(event);
  }

  #makeEvent(walker: OtlpWalker, { data, endMs }: MappedAiCall): BusinessEvent | "unusable_ai_call" {
    const resource = (this.#resource ??= this.#readResource(walker));
    const { countedAttributes, limits } = this.#context;
    if (resource.problem !== null) return "unusable_ai_call";
    if (endMs < Math.max(year2000Ms, resource.retainedFromMs) || endMs >= resource.waitsFromMs)
      return "unusable_ai_call";
    reading.configure(this.#catalogue, limits);
    reading.begin(this.#name.plan ?? this.#catalogue.customPlan, null);
    const members = Object.entries(data).map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`);
    if (!reading.arena.writeRaw(Buffer.from(members.join("")))) return "unusable_ai_call";
    const sessionId = Buffer.from(String(data["session_id"] ?? ""));
    reading.takeSessionId(sessionId, 0, sessionId.length);
    reading.attributes = Object.fromEntries(Object.entries(data).filter(([name]) => countedAttributes.has(name)));
    deriveAiCallId(walker.carrier, reading.eventId);
    eventPlace.read(walker.carrier, false);
    reading.arena.takeRow(reading, endMs, eventPlace, this.#name.column, resource.columns);
    return new BusinessEvent(resource.tenantId, this.#name.text, endMs, resource.serviceName, idKind.derived, reading);
  }

  #readResource(walker: OtlpWalker): CallResource {
    const resource = resourceReader.read(walker);
    const { serviceName } = resource;
    const { tenantId, problem } = resolveTenant(this.#context.tenant, resource);
    const columns = { tenant: textColumn(tenantId), service: textColumn(serviceName) };
    return {
      tenantId,
      problem,
      serviceName,
      columns,
      retainedFromMs: this.#context.retainedFromMs(tenantId) ?? -Infinity,
      waitsFromMs: waitsFromMs(this.#context, tenantId),
    };
  }
}
