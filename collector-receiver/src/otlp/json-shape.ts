import { resourcesOfSignals } from "./json-containers.ts";
import type { JsonCursor } from "./json-cursor.ts";
import { MalformedOtlpError } from "./malformed-otlp-error.ts";
import type { CarrierVisitor, OtlpSignal } from "./otlp-carrier.ts";

/**
 * Judges whether a body in JSON has the shape of a request of its signal. A list of the wrong type concerns itself alone; if the
 * request holds nothing else, it is not what it claims to be.
 */
export class JsonShape {
  /** Spans or log records that were met. */
  items = 0;
  /** Where the first list or element of the wrong type stands; -1 if there is none. */
  #unreadableAt = -1;
  readonly #cursor: JsonCursor;
  readonly #signal: OtlpSignal;
  readonly #visitor: CarrierVisitor;

  constructor(cursor: JsonCursor, signal: OtlpSignal, visitor: CarrierVisitor) {
    this.#cursor = cursor;
    this.#signal = signal;
    this.#visitor = visitor;
  }

  /** The body is walked again. */
  restart(): void {
    this.items = 0;
    this.#unreadableAt = -1;
  }

  /**
   * Notes a value, which is next, if it should be a list or an element of one and is neither that nor null.
   * @param opening its first byte if its type is right
   */
  checkType(opening: number): void {
    const first = this.#cursor.peek();
    if (first === opening || first === 0x6e) return;
    if (this.#unreadableAt < 0) this.#unreadableAt = this.#cursor.pos;
    this.#visitor.unreadable();
  }

  /** After the body. @throws MalformedOtlpError if it holds nothing but values of the wrong type */
  refuseUnreadable(): void {
    if (this.#unreadableAt < 0 || this.items > 0) return;
    this.#cursor.pos = this.#unreadableAt;
    throw this.#cursor.error(`${this.#signal === "traces" ? "spans" : "log records"} within arrays and objects`);
  }

  /** @throws MalformedOtlpError if the member that was read last is where another signal's request begins */
  refuseOtherSignal(): void {
    const other = resourcesOfSignals.find((name) => this.#cursor.keyIs(name));
    if (other === undefined) return;
    throw new MalformedOtlpError(
      `"${other.toString()}" is not part of ${this.#signal}: check the path that the exporter posts to`,
      this.#cursor.pos,
    );
  }
}
