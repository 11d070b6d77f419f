import { ByteWords } from "../bytes/byte-words.ts";
import { follow } from "../otlp/attribute-tape.ts";
import type { OtlpCarrier, PlainVisitor } from "../otlp/otlp-carrier.ts";
import { capture, namesPerAttribute, reserved, type AttributeKey, type PlannedAttribute } from "./event-plan.ts";
import { textState } from "./event-data-arena.ts";
import { EventReading } from "./event-reading.ts";

const noBody = Buffer.alloc(0);
const noView = new DataView(noBody.buffer);
const trueWords = new ByteWords(Buffer.from("true"));
const falseWords = new ByteWords(Buffer.from("false"));

/**
 * Reads the plain attributes of one event: what `EventDataBuilder` makes of them, where there is nothing to object to.
 * A method returns false where something is unusual or wrong: all of the event's attributes have to be read again then, one
 * by one, by the builder, which knows what to say of it.
 */
export class PlainReading extends EventReading implements PlainVisitor {
  private body: Buffer = noBody;
  private view: DataView = noView;
  /** How many more attributes the event may have, and how many more names may be looked up. */
  private left = 0;
  private namesLeft = 0;

  beginPlain({ body, view }: OtlpCarrier): void {
    this.body = body;
    this.view = view;
    this.left = this.limits.attributesPerEvent;
    this.namesLeft = this.left * namesPerAttribute;
  }

  /** After a request: its body is not kept until the next. */
  forgetBody(): void {
    this.body = noBody;
    this.view = this.sessionIdView = noView;
  }

  get origin(): PlannedAttribute {
    return this.plan.origin;
  }

  findAfter(before: PlannedAttribute, start: number, end: number): PlannedAttribute {
    if (--this.namesLeft < 0) return this.plan.refused;
    const found = this.plan.of(this.catalogue.keys.find(this.body, start, end));
    follow(before, found);
    return found;
  }

  nameOf(key: AttributeKey): PlannedAttribute {
    return this.plan.of(key);
  }

  plainText(name: PlannedAttribute, start: number, end: number): boolean {
    const { body, view, arena } = this;
    if (name.reserved !== reserved.none) {
      this.readReservedRange(name.key, body, view, start, end);
      return true;
    }
    if (this.isSkipped(name)) return true;
    if (end - start > this.limits.attributeBytes || !this.openPlain(name)) return false;
    if (!arena.writePlainText(view, start, end) && arena.writeString(body, start, end) > textState.unicode)
      return false;
    if ((name.type !== "string" && name.type !== null) || end - start > name.maxLength) return false;
    if (start === end) this.satisfied &= ~name.requiredBit;
    if (name.capture === capture.sessionId) this.takePlainSessionId(body, view, start, end);
    else if (name.countedAs !== null) this.attributes[name.countedAs] = this.texts.find(body, view, start, end);
    return true;
  }

  plainInt(name: PlannedAttribute, value: number): boolean {
    if (name.reserved !== reserved.none) {
      this.readReservedNumber(name.key, value);
      return true;
    }
    if (this.isSkipped(name)) return true;
    return this.openPlain(name) && this.arena.writeInt(value) && this.takePlainNumber(name, value);
  }

  plainDouble(name: PlannedAttribute, value: number): boolean {
    if (!Number.isFinite(value)) return false;
    if (name.reserved !== reserved.none) {
      this.readReservedNumber(name.key, value);
      return true;
    }
    if (this.isSkipped(name)) return true;
    // -0 is 0 in jsonb; what counters read has to be what the stored row gives back.
    const number = value === 0 ? 0 : value;
    if (name.type === "int" && !Number.isSafeInteger(number)) return false;
    return this.openPlain(name) && this.arena.writeDouble(number) && this.takePlainNumber(name, number);
  }

  plainBool(name: PlannedAttribute, value: boolean): boolean {
    if (name.reserved !== reserved.none) {
      this.readReservedNumber(name.key, -1);
      return true;
    }
    if (this.isSkipped(name)) return true;
    if (name.type !== "boolean" && name.type !== null) return false;
    if (!this.openPlain(name) || !this.arena.writeWords(value ? trueWords : falseWords)) return false;
    if (name.capture === capture.test) this.test = value;
    else if (name.countedAs !== null) this.attributes[name.countedAs] = value;
    return true;
  }

  /** Whether it names the event, and is no part of its data. */
  private isSkipped(name: PlannedAttribute): boolean {
    return this.skippedKey !== null && this.skippedKey.equals(name.key.bytes);
  }

  /** What comes before every value. */
  private openPlain(name: PlannedAttribute): boolean {
    this.touched |= name.requiredBit;
    this.satisfied |= name.requiredBit;
    return --this.left >= 0 && name.state <= textState.unicode && this.arena.writeWords(name.jsonWords);
  }

  private takePlainNumber(name: PlannedAttribute, value: number): boolean {
    const { type } = name;
    if (type !== "int" && type !== "double" && type !== null) return false;
    if (value < name.minimum || value > name.maximum) return false;
    if (name.capture === capture.agentId) this.agentId = value;
    else if (name.capture === capture.ticketId) this.ticketId = value;
    else if (name.countedAs !== null) this.attributes[name.countedAs] = value;
    return true;
  }
}
