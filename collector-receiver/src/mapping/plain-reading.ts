import type { OtlpCarrier, PlainVisitor } from "../otlp/otlp-carrier.ts";
import { capture, namesPerAttribute, reserved, type AttributeKey, type PlannedAttribute } from "./event-plan.ts";
import { textState } from "./event-data-arena.ts";
import type { EventReading } from "./event-reading.ts";

const noBody = Buffer.alloc(0);
const noView = new DataView(noBody.buffer);

/**
 * Reads the plain attributes of one event: what `EventDataBuilder` makes of them, if there is nothing to object to.
 * A method returns false if something is unusual or wrong: all of the event's attributes have to be read again then, one
 * by one, by the builder, which knows what to say of it.
 */
export class PlainReading implements PlainVisitor<PlannedAttribute> {
  readonly #reading: EventReading;
  #body: Buffer = noBody;
  #view: DataView = noView;
  /** How many more attributes the event may have, and how many more names may be looked up. */
  #left = 0;
  #namesLeft = 0;

  constructor(reading: EventReading) {
    this.#reading = reading;
  }

  /** After `EventReading.begin`. */
  begin({ body, view }: OtlpCarrier): void {
    this.#body = body;
    this.#view = view;
    this.#left = this.#reading.limits.attributesPerEvent;
    this.#namesLeft = this.#left * namesPerAttribute;
  }

  /** After a slice of a request: its body is not kept until the next. */
  forgetBody(): void {
    this.#body = noBody;
    this.#view = this.#reading.sessionIdView = noView;
  }

  nameAt(start: number, end: number): PlannedAttribute {
    const { plan, catalogue } = this.#reading;
    if (--this.#namesLeft < 0) return plan.refused;
    return plan.of(catalogue.keys.intern(this.#body, start, end));
  }

  nameOf(key: AttributeKey): PlannedAttribute {
    return this.#reading.plan.of(key);
  }

  plainText(name: PlannedAttribute, start: number, end: number): boolean {
    const reading = this.#reading;
    const body = this.#body;
    const view = this.#view;
    if (name.reserved !== reserved.none) {
      reading.readReservedRange(name.key, body, view, start, end);
      return true;
    }
    if (this.#isSkipped(name)) return true;
    if (end - start > reading.limits.attributeBytes || !this.#openPlain(name)) return false;
    const { arena } = reading;
    if (arena.writeString(body, start, end) > textState.unicode) return false;
    if ((name.type !== "string" && name.type !== null) || end - start > name.maxLength) return false;
    if (start === end) reading.satisfied &= ~name.requiredBit;
    if (name.capture === capture.sessionId) reading.takePlainSessionId(body, view, start, end);
    else if (name.countedAs !== null) reading.attributes[name.countedAs] = reading.texts.find(body, view, start, end);
    return true;
  }

  plainInt(name: PlannedAttribute, value: number): boolean {
    if (name.reserved !== reserved.none) {
      this.#reading.readReservedNumber(name.key, value);
      return true;
    }
    if (this.#isSkipped(name)) return true;
    return this.#openPlain(name) && this.#reading.arena.writeNumber(value) && this.#takePlainNumber(name, value);
  }

  plainDouble(name: PlannedAttribute, value: number): boolean {
    if (!Number.isFinite(value)) return false;
    if (name.reserved !== reserved.none) {
      this.#reading.readReservedNumber(name.key, value);
      return true;
    }
    if (this.#isSkipped(name)) return true;
    // -0 is 0 in jsonb; what counters read has to be what the stored row gives back.
    const number = value === 0 ? 0 : value;
    if (name.type === "int" && !Number.isSafeInteger(number)) return false;
    return this.#openPlain(name) && this.#reading.arena.writeNumber(number) && this.#takePlainNumber(name, number);
  }

  plainBool(name: PlannedAttribute, value: boolean): boolean {
    if (name.reserved !== reserved.none) {
      this.#reading.readReservedNumber(name.key, -1);
      return true;
    }
    if (this.#isSkipped(name)) return true;
    if (name.type !== "boolean" && name.type !== null) return false;
    if (!this.#openPlain(name) || !this.#reading.arena.writeBool(value)) return false;
    if (name.capture === capture.test) this.#reading.test = value;
    else if (name.countedAs !== null) this.#reading.attributes[name.countedAs] = value;
    return true;
  }

  /** Whether it names the event, and is not a part of its data. */
  #isSkipped(name: PlannedAttribute): boolean {
    const { skippedKey } = this.#reading;
    return skippedKey !== null && skippedKey.equals(name.key.bytes);
  }

  /** What comes before every value. */
  #openPlain(name: PlannedAttribute): boolean {
    const reading = this.#reading;
    reading.touched |= name.requiredBit;
    reading.satisfied |= name.requiredBit;
    return --this.#left >= 0 && name.state <= textState.unicode && reading.arena.writeRaw(name.jsonKey);
  }

  #takePlainNumber(name: PlannedAttribute, value: number): boolean {
    const { type } = name;
    if (type !== "int" && type !== "double" && type !== null) return false;
    if (value < name.minimum || value > name.maximum) return false;
    if (name.capture === capture.agentId) this.#reading.agentId = value;
    else if (name.capture === capture.ticketId) this.#reading.ticketId = value;
    else if (name.countedAs !== null) this.#reading.attributes[name.countedAs] = value;
    return true;
  }
}
