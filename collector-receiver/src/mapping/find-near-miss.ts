import { reservedAttributes } from "@spanledger/sdk/event-catalogue";
import type { OtlpWalker } from "../otlp/otlp-carrier.ts";
import { AttributeListener } from "./attribute-listener.ts";
import { CloseNames } from "./close-names.ts";
import type { CompiledCatalogue } from "./compile-catalogue.ts";
import type { MappingPlan } from "./event-plan.ts";
import type { IgnoredReason } from "./ignored-reasons.ts";

/** Looks for the attributes that an event requires, and for names that are almost theirs. */
class RequiredAttributes extends AttributeListener {
  readonly #names: ReadonlySet<string>;
  readonly #close: CloseNames;
  readonly #maxBytes: number;
  hasOne = false;
  hasClose = false;

  constructor(plan: MappingPlan) {
    super();
    const names = plan.required.map(({ name }) => name);
    this.#names = new Set(names);
    this.#close = new CloseNames(names);
    this.#maxBytes = Math.max(0, ...names.map(({ length }) => length)) + 4;
  }

  begin(): this {
    this.hasOne = this.hasClose = false;
    return this;
  }

  override key(bytes: Buffer, start: number, end: number): void {
    if (end - start > this.#maxBytes) return;
    const name = bytes.latin1Slice(start, end);
    if (this.#names.has(name)) this.hasOne = true;
    else if (this.#close.isClose(name)) this.hasClose = true;
  }
}

const listeners = new WeakMap<MappingPlan, RequiredAttributes>();

function listenerOf(plan: MappingPlan): RequiredAttributes {
  let known = listeners.get(plan);
  if (known === undefined) listeners.set(plan, (known = new RequiredAttributes(plan)));
  return known.begin();
}

/** Why an unmarked event or log record with a name of ours is not counted: it has none of the attributes that it requires. */
export function findMissingSign(walker: OtlpWalker, plan: MappingPlan): IgnoredReason {
  const listener = listenerOf(plan);
  walker.readEventAttributes(listener);
  if (listener.hasClose) return "close_attribute";
  if (walker.hasPayload()) {
    walker.readPayload(listener);
    return listener.hasClose ? "close_attribute" : "no_required_attribute";
  }
  const { recordBodyStart, recordBodyEnd } = walker.carrier;
  return recordBodyStart < recordBodyEnd ? "payload_in_body" : "no_required_attribute";
}

/** True if a span that has the name of an event has its attributes too, or almost. */
export function isEventAsSpan(walker: OtlpWalker, plan: MappingPlan): boolean {
  const listener = listenerOf(plan);
  walker.readSpanAttributes(listener);
  return listener.hasOne || listener.hasClose;
}

const openBrace = 0x7b;
/** So much of a body is searched for a name of ours or the mark. */
const maxSearchedBytes = 512;
const range = { bytes: Buffer.alloc(0), start: 0, end: 0 };
const { eventId: markKey } = reservedAttributes;
/** The mark as a key: behind its length in protobuf, in quotes in JSON, in escaped ones in a text of JSON. */
const markKeys = [String.fromCharCode(markKey.length) + markKey, `"${markKey}"`, `"${markKey}\\`].map((key) =>
  Buffer.from(key),
);

/**
 * True if a log record's body is the name of an event, or JSON or a key-value list that has a name of ours or the mark near its
 * beginning.
 */
export function hasSignInBody(walker: OtlpWalker, catalogue: CompiledCatalogue): boolean {
  if (walker.findBodyText(range)) {
    const { bytes, start, end } = range;
    if (bytes[start] === openBrace) return hasSignNear(bytes, start, end, catalogue);
    return (
      catalogue.nameFilter.mayHold(bytes, start, end) && catalogue.eventNames.includes(bytes.latin1Slice(start, end))
    );
  }
  const { body, recordBodyStart, recordBodyEnd } = walker.carrier;
  return walker.hasPayload() && hasSignNear(body, recordBodyStart, recordBodyEnd, catalogue);
}

function hasSignNear(bytes: Buffer, start: number, end: number, { eventNames, nameStems }: CompiledCatalogue): boolean {
  const searched = bytes.subarray(start, Math.min(end, start + maxSearchedBytes));
  if (markKeys.some((key) => searched.includes(key))) return true;
  if (!nameStems.some((stem) => searched.includes(stem))) return false;
  const text = searched.toString("latin1");
  return eventNames.some((name) => text.includes(name));
}
