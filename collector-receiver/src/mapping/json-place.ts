import { textState, type EventDataArena, type TextState } from "./event-data-arena.ts";

const comma = 0x2c;
const colon = 0x3a;

interface ValueStart {
  length: number;
  isFirst: boolean;
  isFailed: boolean;
}

/** Where in an event's data its writer stands: how deep, behind which comma, and how to get back to before the present value. */
export class JsonPlace {
  /** Arrays and maps around the present value. */
  depth = 0;
  #isFirst = false;
  #isAfterKey = false;
  /** By depth: before the present attribute, member or element. */
  readonly #starts: ValueStart[] = [];
  readonly #arena: EventDataArena;

  constructor(arena: EventDataArena) {
    this.#arena = arena;
  }

  begin(): void {
    this.depth = 0;
    this.#isAfterKey = false;
  }

  /** Remembers where an attribute, a member or an element begins, see `takeBack`. An element has no key before it. */
  noteStart(isFailed: boolean): void {
    if (this.#isAfterKey) return;
    const start = (this.#starts[this.depth] ??= { length: 0, isFirst: false, isFailed: false });
    start.length = this.#arena.length;
    start.isFirst = this.#isFirst;
    start.isFailed = isFailed;
  }

  /** Takes back the attribute, member or element that was written last. @returns whether the event had failed before it */
  takeBack(): boolean {
    const { length, isFirst, isFailed } = this.#starts[this.depth]!;
    this.#arena.length = length;
    this.#isFirst = isFirst;
    this.#isAfterKey = false;
    return isFailed;
  }

  /** A member's name and its colon, behind a comma where one is due. */
  writeKey(bytes: Buffer, start: number, end: number): TextState {
    if (!this.separate()) return textState.tooLarge;
    this.#isAfterKey = true;
    const state = this.#arena.writeString(bytes, start, end);
    return state > textState.unicode || this.#arena.writeByte(colon) ? state : textState.tooLarge;
  }

  /** Writes a comma before all but the first element or member. @returns false if it does not fit */
  separate(): boolean {
    if (this.#isAfterKey) {
      this.#isAfterKey = false;
      return true;
    }
    if (this.#isFirst) {
      this.#isFirst = false;
      return true;
    }
    return this.#arena.writeByte(comma);
  }

  /** @returns false if the bracket does not fit */
  open(bracket: number): boolean {
    if (!this.#arena.writeByte(bracket)) return false;
    this.depth++;
    this.#isFirst = true;
    this.#isAfterKey = false;
    return true;
  }

  leave(): void {
    this.depth--;
    this.#isFirst = false;
    this.#isAfterKey = false;
  }
}
