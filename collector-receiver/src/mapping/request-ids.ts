import "../otlp/buffer-slices.ts";

const initialBytes = 16 * 1024;
const maxKeptBytes = 1024 * 1024;

/**
 * The trace and span ids of one request, gathered as bytes and made into one string of hex digits at
 * the end, for the same reason as `RequestTexts`.
 */
export class RequestIds {
  private bytes = Buffer.allocUnsafeSlow(initialBytes);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  begin(): void {
    this.length = 0;
    if (this.bytes.length > maxKeptBytes) this.replaceBytes(initialBytes);
  }

  /**
   * Adds the id at `from`.
   * @returns where its digits will stand
   */
  add(ids: DataView, from: number, bytes: 8 | 16): number {
    const at = this.length;
    if (at + bytes > this.bytes.length) {
      const smaller = this.bytes;
      this.replaceBytes(smaller.length * 2);
      smaller.copy(this.bytes);
    }
    this.length = at + bytes;
    for (let i = 0; i < bytes; i += 4) this.view.setInt32(at + i, ids.getInt32(from + i));
    return at * 2;
  }

  /** The hex digits of all ids, in lower case. */
  finish(): string {
    return this.bytes.hexSlice(0, this.length);
  }

  private replaceBytes(length: number): void {
    this.bytes = Buffer.allocUnsafeSlow(length);
    this.view = new DataView(this.bytes.buffer);
  }
}
