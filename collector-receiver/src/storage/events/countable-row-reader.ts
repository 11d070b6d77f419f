import { InvariantError } from "../../invariant-error.ts";
import "../../bytes/buffer-slices.ts";
import type { CountableEvent, CountedAttributes } from "../../mapping/business-event.ts";
import type { InvalidNotes } from "../../mapping/invalid-values.ts";
import { StoredAttributesReader } from "../../mapping/read-stored-attributes.ts";
import { uuidText } from "../../bytes/uuid.ts";
import { StringCache } from "../../bytes/string-cache.ts";

/** What a recount reads of a row, in the order in which `CountableRowReader` takes it. */
export const countableRowColumns = `event_id, event_name, session_id, agent_id, ticket_id, occurred_at, event_data,
  case when event_name = 'session.start' then service_name end`;
const columnCount = 8;

/** Signature, flags and length of the header's extension; an extension is none that PostgreSQL has (COPY, binary format). */
const signature = Buffer.from("PGCOPY\n\xff\r\n\0", "latin1");
const headerBytes = signature.length + 8;
const messageHead = 5;
/** The ids that we derive are of version 5. */
const derivedVersion = 5;
/** PostgreSQL counts microseconds from 2000. */
const epochMs = Date.UTC(2000, 0, 1);

/**
 * A row as counting reads it. Its id is made into a text when it is asked for: few events are. Fields are declared:
 * others would be set to undefined first, by a call.
 */
class StoredEvent implements CountableEvent {
  declare readonly tenantId: string;
  declare readonly name: string;
  declare readonly sessionId: string | null;
  declare readonly agentId: number | null;
  declare readonly ticketId: number | null;
  declare readonly occurredAtMs: number;
  declare readonly test: boolean;
  declare readonly attributes: CountedAttributes;
  declare readonly serviceName: string | null;
  declare readonly bytes: Buffer;
  declare readonly idAt: number;
  declare invalid?: InvalidNotes;

  constructor(
    tenantId: string,
    name: string,
    sessionId: string | null,
    agentId: number | null,
    ticketId: number | null,
    occurredAtMs: number,
    test: boolean,
    attributes: CountedAttributes,
    serviceName: string | null,
    bytes: Buffer,
    idAt: number,
  ) {
    this.tenantId = tenantId;
    this.name = name;
    this.sessionId = sessionId;
    this.agentId = agentId;
    this.ticketId = ticketId;
    this.occurredAtMs = occurredAtMs;
    this.test = test;
    this.attributes = attributes;
    this.serviceName = serviceName;
    this.bytes = bytes;
    this.idAt = idAt;
  }

  get eventId(): string {
    return uuidText(this.bytes, this.idAt);
  }

  /** By the id alone: one of version 5 that is claimed was the sender's all the same. */
  get hasDerivedId(): boolean {
    return (this.bytes[this.idAt + 6] as number) >>> 4 === derivedVersion;
  }
}

/**
 * Reads rows of `countableRowColumns` in COPY's binary format
 * (https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-BINARY-FORMAT).
 */
export class CountableRowReader {
  readonly #tenantId: string | null;
  readonly #attributes: StoredAttributesReader;
  readonly #texts = new StringCache();
  #begun = false;

  /**
   * @param tenantId of all rows; null: it stands in front of the other columns
   * @param counted the attributes that an event gets
   */
  constructor(tenantId: string | null, counted: ReadonlySet<string>) {
    this.#tenantId = tenantId;
    this.#attributes = new StoredAttributesReader(counted);
  }

  /** @param messages whole CopyData messages, one row each; events keep them alive */
  read(messages: Buffer): CountableEvent[] {
    const events: CountableEvent[] = [];
    const view = new DataView(messages.buffer, messages.byteOffset, messages.byteLength);
    for (let pos = 0; pos < messages.length;) {
      const next = pos + 1 + view.getUint32(pos + 1);
      let at = pos + messageHead;
      if (!this.#begun) {
        if (signature.compare(messages, at, at + signature.length) !== 0) throw unreadable("its signature is another");
        at += headerBytes;
        this.#begun = true;
      }
      // The trailer has -1 columns.
      if (at < next && view.getInt16(at) >= 0) events.push(this.#readRow(messages, view, at));
      pos = next;
    }
    return events;
  }

  #readRow(bytes: Buffer, view: DataView, at: number): CountableEvent {
    const columns = view.getInt16(at);
    let tenantId = this.#tenantId;
    const expected = tenantId === null ? columnCount + 1 : columnCount;
    if (columns !== expected) throw unreadable(`a row has ${columns} columns, ${expected} are expected`);
    let pos = at + 2;
    let length: number;
    if (tenantId === null) {
      length = view.getInt32(pos);
      tenantId = this.#texts.find(bytes, view, pos + 4, pos + 4 + length);
      pos += 4 + length;
    }
    const idAt = pos + 4;
    pos = idAt + 16;
    length = view.getInt32(pos);
    pos += 4;
    const name = this.#texts.find(bytes, view, pos, pos + length);
    pos += length;
    const sessionId = this.#readText(bytes, view, pos);
    pos += 4 + Math.max(0, view.getInt32(pos));
    let agentId: number | null = null;
    let ticketId: number | null = null;
    if (view.getInt32(pos) === 4) {
      agentId = view.getInt32(pos + 4);
      pos += 4;
    }
    pos += 4;
    if (view.getInt32(pos) === 4) {
      ticketId = view.getInt32(pos + 4);
      pos += 4;
    }
    pos += 8;
    const microseconds = view.getInt32(pos) * 0x100000000 + view.getUint32(pos + 4);
    pos += 8;
    length = view.getInt32(pos);
    // In front of jsonb's text stands its version.
    const attributes = this.#attributes.read(bytes, view, pos + 5, pos + 4 + length);
    const serviceName = this.#readText(bytes, view, pos + 4 + length);
    const event = new StoredEvent(
      tenantId,
      name,
      sessionId,
      agentId,
      ticketId,
      epochMs + microseconds / 1000,
      this.#attributes.test,
      attributes,
      serviceName,
      bytes,
      idAt,
    );
    if (this.#attributes.invalid !== undefined) event.invalid = this.#attributes.invalid;
    return event;
  }

  #readText(bytes: Buffer, view: DataView, at: number): string | null {
    const length = view.getInt32(at);
    return length < 0 ? null : this.#texts.find(bytes, view, at + 4, at + 4 + length);
  }
}

function unreadable(why: string): InvariantError {
  return new InvariantError(`COPY's binary format is not as expected: ${why}`);
}
