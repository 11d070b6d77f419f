/** An event that is kept as it was sent: a complete OTLP request with it alone. */
export interface KeptEvent {
  readonly contentHash: Buffer;
  readonly signal: "traces" | "logs";
  readonly payloadType: string;
  readonly payload: Buffer;
}

export const keptEventColumns = "content_hash, signal, payload_type, payload";

/** A row of `keptEventColumns`. */
export interface KeptEventRow {
  readonly content_hash: Buffer;
  readonly signal: "traces" | "logs";
  readonly payload_type: string;
  readonly payload: Buffer;
}

export function keptEventOf(row: KeptEventRow): KeptEvent {
  return { contentHash: row.content_hash, signal: row.signal, payloadType: row.payload_type, payload: row.payload };
}
