import type { OtlpWalker } from "../otlp/otlp-carrier.ts";
import type { CompiledCatalogue } from "./compile-catalogue.ts";
import { looksCut } from "./find-cut-session-id.ts";
import type { EventNames } from "./find-event-name.ts";
import { hasSignInBody, isEventAsSpan } from "./find-near-miss.ts";
import type { IgnoredReason } from "./ignored-reasons.ts";
import { NearMisses, type LimitLosses } from "./near-misses.ts";
import { ResourceReader, type ResourceReading } from "./read-resource.ts";

/** A sender's settings are those of all of its request, so that these are enough to notice what they do. */
const maxSearchedBodies = 64;
const maxSessionIds = 8;

const resourceReader = new ResourceReader();

/** Notes what of one request was almost a business event. It looks only at what is ignored, or comes from another SDK than ours. */
export class NearMissWatch {
  #found: NearMisses | undefined;
  readonly #catalogue: CompiledCatalogue;
  readonly #names: EventNames;
  #bodiesLeft = maxSearchedBodies;
  #sessionIdsLeft = maxSessionIds;

  constructor(catalogue: CompiledCatalogue, names: EventNames) {
    this.#catalogue = catalogue;
    this.#names = names;
  }

  /** What was found since the last call; undefined if there is nothing to say. */
  take(): NearMisses | undefined {
    const found = this.#found;
    this.#found = undefined;
    return found;
  }

  /** All that was looked at is looked at again. */
  restart(): void {
    this.#found = undefined;
    this.#bodiesLeft = maxSearchedBodies;
    this.#sessionIdsLeft = maxSessionIds;
  }

  add(reason: IgnoredReason, amount = 1): void {
    if (reason !== "foreign_name") (this.#found ??= new NearMisses()).add(reason, amount);
  }

  /** A span of a model's call, perhaps: its operation is in no list. */
  addUnknownOperation(name: string): void {
    this.add("unknown_ai_operation");
    this.#found?.addOperation(name);
  }

  /** What a span with events dropped at its limits. */
  noteSpanLosses(walker: OtlpWalker, resource: ResourceReading | null): void {
    const { droppedEvents: events, droppedSpanAttributes: attributes } = walker.carrier;
    if (events + attributes > 0) this.#addLosses(walker, resource, { events, attributes });
  }

  /** What an event of ours, or its log record, dropped. */
  noteAttributeLosses(walker: OtlpWalker, resource: ResourceReading): void {
    const { droppedAttributes: attributes } = walker.carrier;
    if (attributes > 0) this.#addLosses(walker, resource, { attributes });
  }

  /** @param resource null if it was not read: whose tenant is unknown is not refused for its losses */
  #addLosses(walker: OtlpWalker, resource: ResourceReading | null, losses: Partial<LimitLosses>): void {
    const { serviceName } = resource ?? resourceReader.read(walker);
    (this.#found ??= new NearMisses()).addLosses(serviceName ?? "", losses);
  }

  /** A span of a foreign scope that has no events, and perhaps the name of one. */
  lookAtSpan(walker: OtlpWalker): void {
    const { bytes, start, end } = walker.carrier.spanName;
    const { plan } = this.#names.findIn(bytes, start, end);
    if (plan !== null && isEventAsSpan(walker, plan)) this.add("wrong_signal");
  }

  /** The session id of an event that came from another SDK. */
  lookAtSessionId(walker: OtlpWalker, sessionId: string | null, resource: ResourceReading): void {
    if (this.#sessionIdsLeft === 0 || sessionId === null) return;
    this.#sessionIdsLeft--;
    if (looksCut(sessionId, walker)) this.#addLosses(walker, resource, { cutSessionIds: 1 });
  }

  /** Why what has neither a mark nor a name of ours with its attributes is ignored: a log record may have them in its body. */
  reasonOfBody(walker: OtlpWalker): IgnoredReason {
    const { recordBodyStart, recordBodyEnd, eventName } = walker.carrier;
    if (recordBodyStart === recordBodyEnd) return "foreign_name";
    const { bytes, start, end } = eventName;
    const mayBeOurs = start < end && this.#catalogue.nameFilter.mayHold(bytes, start, end);
    if (mayBeOurs && this.#names.find(walker.carrier).plan !== null) return "payload_in_body";
    if (this.#bodiesLeft === 0) return "foreign_name";
    this.#bodiesLeft--;
    return hasSignInBody(walker, this.#catalogue) ? "payload_in_body" : "foreign_name";
  }
}
