import { Buffer } from "node:buffer";

/** Reads attributes as the SDK wrote them: repeated `KeyValue`, each behind a one-byte tag. */
export function decodeAttributes(bytes: Uint8Array): Record<string, unknown> {
  const reader = new Reader(bytes);
  const attributes: Record<string, unknown> = {};
  while (!reader.atEnd) {
    reader.skip(1);
    const pair = reader.nested();
    pair.skip(1);
    const key = pair.text();
    pair.skip(1);
    attributes[key] = pair.nested().anyValue();
  }
  return attributes;
}

/** Reads one `AnyValue` as the SDK wrote it. */
export function decodeAnyValue(bytes: Uint8Array): unknown {
  return new Reader(bytes).anyValue();
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }

  nested(): Reader {
    return new Reader(this.#content());
  }

  text(): string {
    return Buffer.from(this.#content()).toString("utf8");
  }

  anyValue(): unknown {
    if (this.atEnd) return undefined;
    const tag = this.#bytes[this.#at++];
    if (tag === 0x0a) return this.text();
    if (tag === 0x10) return this.#varint() === 1n;
    if (tag === 0x18) return Number(BigInt.asIntN(64, this.#varint()));
    if (tag === 0x21) return Buffer.from(this.#bytes.subarray(this.#at, this.#at + 8)).readDoubleLE(0);
    const list = this.nested();
    const values: unknown[] = [];
    while (!list.atEnd) {
      list.skip(1);
      values.push(list.nested().anyValue());
    }
    return values;
  }

  #content(): Uint8Array {
    const length = Number(this.#varint());
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
}
