import type { OtlpCarrier } from "../otlp/otlp-carrier.ts";
import type { CompiledCatalogue, EventName } from "./compile-catalogue.ts";

/** Of an event's name: 50 characters are allowed, and a reason quotes a little more. */
const maxNameBytes = 1024;

/** The names of one request's events. */
export class EventNames {
  readonly #catalogue: CompiledCatalogue;

  constructor(catalogue: CompiledCatalogue) {
    this.#catalogue = catalogue;
  }

  find({ eventName: { bytes, start, end } }: OtlpCarrier): EventName {
    return this.findIn(bytes, start, end);
  }

  /** Of a name that is far too long only the beginning is kept. */
  findIn(bytes: Buffer, start: number, end: number): EventName {
    let cut = Math.min(end, start + maxNameBytes);
    // Not within a character.
    if (cut < end) while (cut > start && (bytes[cut]! & 0xc0) === 0x80) cut--;
    return this.#catalogue.names.intern(bytes, start, cut);
  }
}
