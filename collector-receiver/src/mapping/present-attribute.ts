import { capture, type AttributeKey, type AttributeRule } from "./event-plan.ts";
import type { EventProblem } from "./describe-event-problem.ts";
import type { EventReading } from "./event-reading.ts";
import { spoilsValueOnly, type InvalidValue } from "./invalid-values.ts";
import type { JsonPlace } from "./json-place.ts";
import { saysTest } from "./take-value.ts";

/**
 * The top-level attribute that is being read. If its value is invalid and the event can do without it, it is taken out of the
 * data again, as if it were absent, and noted.
 */
export class PresentAttribute {
  key!: AttributeKey;
  rule: AttributeRule | null = null;
  readonly #reading: EventReading;
  readonly #place: JsonPlace;
  #count = 0;
  #countBefore = 0;
  #names = 0;
  #members: number[] | null = null;
  #invalid: EventProblem | null = null;
  /** What earlier attributes said: a value that is given up may have been captured. */
  #before: Pick<EventReading, "sessionId" | "agentId" | "ticketId" | "test"> & { readonly counted: unknown } = {
    sessionId: null,
    agentId: null,
    ticketId: null,
    test: false,
    counted: undefined,
  };

  constructor(reading: EventReading, place: JsonPlace) {
    this.#reading = reading;
    this.#place = place;
  }

  /** Before the first attribute of an event. @param members takes where in the arena each attribute of the data begins */
  reset(members: number[] | null): void {
    this.#count = this.#names = 0;
    this.#invalid = null;
    this.#members = members;
  }

  /** @returns how many attributes were met, those included that are not part of the data */
  begin(key: AttributeKey, rule: AttributeRule | null): number {
    this.key = key;
    this.rule = rule;
    const { sessionId, agentId, ticketId, test, attributes } = this.#reading;
    this.#before = { sessionId, agentId, ticketId, test, counted: attributes[key.text] };
    this.#countBefore = this.#count;
    return ++this.#names;
  }

  /** Counts it among the attributes of the data. @returns how many there are */
  count(): number {
    return ++this.#count;
  }

  noteStart(at: number): void {
    this.#members?.push(at);
  }

  /** Takes it out of the count again, and back what was captured of it. */
  giveUp(): void {
    this.#restore();
    this.#count = this.#countBefore;
    if (this.#members !== null) this.#members.length = this.#count;
  }

  /** Forgets the attribute before; after what was read of it was given up. */
  forget(): void {
    this.#invalid = null;
  }

  /** Notes what is wrong with the value. */
  fail(problem: EventProblem): void {
    const isRequired = this.rule !== null && this.rule.requiredBit !== 0;
    if (this.#reading.problem === null && !isRequired && spoilsValueOnly(problem.code)) this.#invalid = problem;
    this.#reading.fail(problem);
  }

  /** Notes that it has a value. @param filled false for an empty text, which does not satisfy a required attribute */
  touch(filled: boolean): void {
    if (this.rule === null) return;
    const { requiredBit } = this.rule;
    this.#reading.touched |= requiredBit;
    if (filled) this.#reading.satisfied |= requiredBit;
    else this.#reading.satisfied &= ~requiredBit;
  }

  /** Whether a text marks a test event, which should be a boolean. */
  saysTest(bytes: Buffer, start: number, end: number): boolean {
    const isWord = this.rule?.capture === capture.test && saysTest(bytes, start, end);
    if (isWord) this.#noteInvalid("wrong_type", null);
    return isWord;
  }

  /** A number that stands for a text: a customer's number is an id, and `test: 1` a test. Null: it does not. */
  textOf(value: number): Buffer | null {
    const { rule } = this;
    if (rule === null || !Number.isSafeInteger(value)) return null;
    const isText = rule.takesIntegers || (rule.capture === capture.test && value === 1);
    return isText ? Buffer.from(String(value)) : null;
  }

  /** The last of equal names counts, as in jsonb: counters read none of a nested value. */
  replaceCounted(): void {
    if (this.key.counted) delete this.#reading.attributes[this.key.text];
  }

  /** Takes an invalid value out of the data, as if the attribute were absent. */
  leaveOutInvalid(): void {
    const problem = this.#invalid;
    if (problem === null) return;
    this.#invalid = this.#reading.problem = null;
    this.#noteInvalid(problem.code, problem.value ?? null);
    this.#place.takeBack();
    this.giveUp();
  }

  #noteInvalid(code: InvalidValue["code"], value: number | null): void {
    this.#reading.invalid.push({ attribute: this.key.text, isDeclared: this.rule !== null, code, value });
  }

  #restore(): void {
    const { sessionId, agentId, ticketId, test, counted } = this.#before;
    const reading = this.#reading;
    if (reading.sessionId !== sessionId) {
      const bytes = Buffer.from(sessionId ?? "");
      reading.takeSessionId(bytes, 0, bytes.length);
    }
    reading.agentId = agentId;
    reading.ticketId = ticketId;
    reading.test = test;
    if (counted === undefined) delete reading.attributes[this.key.text];
    else reading.attributes[this.key.text] = counted as string | number | boolean;
  }
}
