/** What a 2xx answer says of events that the receiver did not take. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/**
 * Reads `partial_success` of an ExportTraceServiceResponse or ExportLogsServiceResponse; null if
 * all was taken, or if the answer cannot be read (a 2xx stays a 2xx).
 */
export function readPartialSuccess(
  body: Uint8Array,
  type: "application/x-protobuf" | "application/json",
): PartialSuccess | null {
  try {
    return type === "application/json" ? readJson(body) : readProtobuf(body);
  } catch {
    return null;
  }
}

function readJson(body: Uint8Array): PartialSuccess | null {
  const answer = JSON.parse(Buffer.from(body).toString("utf8")) as {
    partialSuccess?: { rejectedSpans?: unknown; rejectedLogRecords?: unknown; errorMessage?: unknown };
  };
  const partial = answer.partialSuccess;
  if (partial === undefined || partial === null) return null;
  const rejected = Number(partial.rejectedSpans ?? partial.rejectedLogRecords ?? 0);
  return meaningful(Number.isFinite(rejected) ? rejected : 0, String(partial.errorMessage ?? ""));
}

function readProtobuf(body: Uint8Array): PartialSuccess | null {
  let rejected = 0;
  let message = "";
  for (const field of fields(body)) {
    if (field.number !== 1 || field.bytes === null) continue;
    for (const inner of fields(field.bytes)) {
      if (inner.number === 1 && inner.bytes === null) rejected = inner.value;
      if (inner.number === 2 && inner.bytes !== null) {
        message = Buffer.from(inner.bytes).toString("utf8");
      }
    }
  }
  return meaningful(rejected, message);
}

function meaningful(rejected: number, message: string): PartialSuccess | null {
  return rejected === 0 && message === "" ? null : { rejected, message };
}

interface Field {
  readonly number: number;
  readonly value: number;
  readonly bytes: Uint8Array | null;
}

function* fields(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("protobuf ends within a varint");
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = readVarint();
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === 0) yield { number, value: readVarint(), bytes: null };
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = readVarint();
      if (at + length > bytes.length) throw new RangeError("protobuf field ends too late");
      yield { number, value: 0, bytes: bytes.subarray(at, at + length) };
      at += length;
    } else throw new RangeError(`protobuf wire type ${wireType}`);
  }
}
