import type { ByteWords } from "./byte-words.ts";

/** A longer name is not predicted. */
const maxPredictedBytes = 255;

/**
 * A name that knows which two names came after it the last times: mostly the next is one of them, and is found by one
 * comparison instead of being looked up. A name that has left its table forgets its followers, so that a sender with endless
 * names cannot build an endless chain.
 */
export class PredictedName {
  /** What stands on the wire: the name, perhaps with what encoders write around it. Null if it cannot be predicted. */
  readonly head: ByteWords | null;
  next: this | null = null;
  otherNext: this | null = null;

  constructor(head: ByteWords | null) {
    this.head = head;
  }

  /** The follower that begins at `pos`. */
  followerAt(view: DataView, pos: number, end: number): this | null {
    const { next } = this;
    if (next === null || next.head!.isAt(view, pos, end)) return next;
    const { otherNext } = this;
    return otherNext !== null && otherNext.head!.isAt(view, pos, end) ? otherNext : null;
  }

  /** Remembers that `name` came after this one. */
  follow(name: this): void {
    if (name.head === null || name.head.length > maxPredictedBytes) return;
    this.otherNext = this.next;
    this.next = name;
  }

  forgetFollowers(): void {
    this.next = this.otherNext = null;
  }
}
