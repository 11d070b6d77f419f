import { BinaryValues } from "./binary-values.ts";

/** Message type and length in front of the rows: they are sent as they lie, without a copy. */
const messageHead = 5;

/**
 * Rows in PostgreSQL's binary COPY format, as one CopyData message and CopyDone
 * (https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-BINARY-FORMAT,
 * https://www.postgresql.org/docs/current/protocol-message-formats.html).
 */
export class CopyBuffer extends BinaryValues {
  constructor(initialBytes = 65_536) {
    super(initialBytes);
    this.begin();
  }

  /** Starts a new COPY in the same memory: what was finished before must have been sent. */
  begin(): void {
    this.bytes.write("d", "latin1");
    this.length = messageHead;
    // Signature, no flags, no header extension.
    this.length += this.bytes.write("PGCOPY\n\xff\r\n\0", this.length, "latin1");
    this.writeInt32(0);
    this.writeInt32(0);
  }

  /** Bytes that it holds on to. */
  get capacity(): number {
    return this.bytes.length;
  }

  /** Rows that are in this format already: `rows[start, end)`. */
  append(rows: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    this.length += rows.copy(this.bytes, this.length, start, end);
  }

  startRow(columns: number): void {
    this.reserve(2);
    this.writeInt16(columns);
  }

  /** The messages, with the trailer of the rows. They lie in this buffer, until `begin`. */
  finish(): CopyMessages {
    this.reserve(2 + 5);
    this.writeInt16(-1);
    this.bytes.writeUInt32BE(this.length - 1, 1);
    this.length += this.bytes.write("c\0\0\0\x04", this.length, "latin1");
    return this.bytes.subarray(0, this.length) as Uint8Array as CopyMessages;
  }
}

/** CopyData and CopyDone, ready to be sent. */
export type CopyMessages = Uint8Array & { readonly copyMessages: never };

/** Rows that are in a COPY format already (text, or binary with header and trailer) as messages. */
export function asCopyMessages(rows: Uint8Array): CopyMessages {
  const messages = Buffer.allocUnsafe(messageHead + rows.length + 5);
  messages.write("d", "latin1");
  messages.writeUInt32BE(rows.length + 4, 1);
  messages.set(rows, messageHead);
  messages.write("c\0\0\0\x04", messageHead + rows.length, "latin1");
  return messages as Uint8Array as CopyMessages;
}
