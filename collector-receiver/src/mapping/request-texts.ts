/** What one request starts with; it grows as needed and is given back when a request made it large. */
const initialBytes = 64 * 1024;
const maxKeptBytes = 4 * 1024 * 1024;
/** Stands for a text that `finish` puts in; no captured text is that, because none has U+0000. */
const pending = "\u0000";

/**
 * The short ASCII texts of one request (session ids, captured attributes), gathered as bytes and made into
 * one string at the end; each text is a slice of it: that costs a tenth of a call into the runtime for
 * each. The slices live as long as the request's events do, together.
 */
export class RequestTexts {
  private bytes = Buffer.allocUnsafeSlow(initialBytes);
  /** What was gathered, until the next call of `add` or `addWords`. */
  view = new DataView(this.bytes.buffer);
  private length = 0;
  private readonly targets: Record<string, string | number | boolean>[] = [];
  private readonly names: string[] = [];
  private readonly ranges: number[] = [];

  begin(): void {
    this.length = 0;
    this.targets.length = 0;
    this.names.length = 0;
    this.ranges.length = 0;
    if (this.bytes.length > maxKeptBytes) this.replaceBytes(initialBytes);
  }

  /** Where a copy of the ASCII text now stands. */
  add(bytes: Buffer, start: number, end: number): number {
    const at = this.reserve(end - start);
    const own = this.bytes;
    let pos = at;
    for (let i = start; i < end; i++) own[pos++] = bytes[i]!;
    return at;
  }

  /** As `add`, from a view: four bytes at a time. */
  addWords(source: DataView, start: number, end: number): number {
    const at = this.reserve(end - start);
    let pos = at;
    let from = start;
    for (; from + 4 <= end; from += 4, pos += 4) this.view.setInt32(pos, source.getInt32(from, true), true);
    for (; from < end; from++) this.bytes[pos++] = source.getUint8(from);
    return at;
  }

  /** `target[name]` becomes the text of that place in `finish`, unless it gets another value before. */
  assign(target: Record<string, string | number | boolean>, name: string, at: number, length: number): void {
    target[name] = pending;
    this.targets.push(target);
    this.names.push(name);
    this.ranges.push(at, at + length);
  }

  /** All texts as one; positions are those that `add` gave. */
  finish(): string {
    const text = this.bytes.latin1Slice(0, this.length);
    // From the last on: of equal names in one event the last counts, as in jsonb.
    for (let i = this.targets.length - 1; i >= 0; i--) {
      const target = this.targets[i]!;
      const name = this.names[i]!;
      if (target[name] === pending) target[name] = text.substring(this.ranges[i * 2]!, this.ranges[i * 2 + 1]);
    }
    this.targets.length = 0;
    return text;
  }

  private reserve(bytes: number): number {
    const at = this.length;
    if (at + bytes > this.bytes.length) {
      const smaller = this.bytes;
      this.replaceBytes(Math.max(smaller.length * 2, at + bytes));
      smaller.copy(this.bytes, 0, 0, at);
    }
    this.length = at + bytes;
    return at;
  }

  private replaceBytes(length: number): void {
    this.bytes = Buffer.allocUnsafeSlow(length);
    this.view = new DataView(this.bytes.buffer);
  }
}
