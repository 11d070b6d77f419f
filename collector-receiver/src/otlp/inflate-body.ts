import { promisify } from "node:util";
import {
  constants,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzip,
  inflate,
  zstdDecompress,
  type Gunzip,
  type Inflate,
  type ZstdDecompress,
} from "node:zlib";
import { BodyTooLargeError } from "./read-request-body.ts";

/** Answered with 400: the body is not what its Content-Encoding says. */
export class BadEncodingError extends Error {
  override readonly name = "BadEncodingError";
}

export const contentEncodings = ["identity", "gzip", "deflate", "zstd"] as const;
export type ContentEncoding = (typeof contentEncodings)[number];

const inflaters = {
  gzip: { create: createGunzip, async: promisify(gunzip) },
  deflate: { create: createInflate, async: promisify(inflate) },
  zstd: { create: createZstdDecompress, async: promisify(zstdDecompress) },
} as const;

/** Up to here inflating on the spot is cheaper than a thread's hand-over (measured: 0.6 to 0.84 of the rate). */
const maxSyncBytes = 512 * 1024;
/** Header and trailer (RFC 1952). */
const shortestGzip = 18;
/** More than 512 spans take, which is what exporters send at once. */
const sharedBytes = 1024 * 1024;

/**
 * Bodies are inflated into the same memory, one after the other. With memory of its own for each, every 20 MB of
 * bodies made the garbage collector mark the whole heap: a third of Node's time where one span in 20 is an event.
 */
let shared: Buffer | undefined;

/**
 * Undoes one layer of compression; memory is bounded by `maxBytes` while inflating.
 * @returns what came out; where it is no promise, the next call overwrites it: use it at once
 * @throws BodyTooLargeError where more than `maxBytes` come out
 * @throws BadEncodingError where the bytes are not of that encoding, or end early
 */
export function inflateBody(body: Buffer, encoding: ContentEncoding, maxBytes: number): Buffer | Promise<Buffer> {
  if (encoding === "identity") {
    if (body.length > maxBytes) throw new BodyTooLargeError(`The body has more than ${maxBytes} bytes`);
    return body;
  }
  // An empty body is an empty request, whatever the header says.
  if (body.length === 0) return body;
  if (body.length <= maxSyncBytes) {
    try {
      return inflateHere(body, encoding, maxBytes);
    } catch (error) {
      throw inflateError(error, encoding, maxBytes);
    }
  }
  const options = { maxOutputLength: maxBytes, chunkSize: chunkSizeFor(body, encoding) };
  return inflaters[encoding].async(body, options).catch((error: unknown) => {
    throw inflateError(error, encoding, maxBytes);
  });
}

/**
 * What Node's own `gunzipSync` does with an engine, but for its output: that has no other way in than these members,
 * which are kept for those who came before it (`lib/zlib.js`).
 */
interface SyncEngine {
  _outBuffer: Buffer;
  _chunkSize: number;
  readonly _finishFlushFlag: number;
  _processChunk(body: Buffer, flushFlag: number): Buffer;
}

/** What does not fit is put together from pieces, in memory of its own. */
function inflateHere(body: Buffer, encoding: Exclude<ContentEncoding, "identity">, maxOutputLength: number): Buffer {
  const chunkSize = constants.Z_MIN_CHUNK;
  const engine: Gunzip | Inflate | ZstdDecompress = inflaters[encoding].create({ maxOutputLength, chunkSize });
  const sync = engine as unknown as SyncEngine;
  sync._outBuffer = shared ??= Buffer.allocUnsafeSlow(sharedBytes);
  sync._chunkSize = sharedBytes;
  return sync._processChunk(body, sync._finishFlushFlag);
}

function inflateError(error: unknown, encoding: ContentEncoding, maxBytes: number): Error {
  if (error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
    return new BodyTooLargeError(`The inflated body has more than ${maxBytes} bytes`, { cause: error });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new BadEncodingError(`The body is not ${encoding}: ${reason}`, { cause: error });
}

/**
 * One output chunk, so that nothing is copied together, and no larger than what comes out: a gzip body says
 * how much that is in its last four bytes (RFC 1952, ISIZE), which are only believed for this. Else
 * telemetry shrinks about tenfold.
 */
function chunkSizeFor(body: Buffer, encoding: ContentEncoding): number {
  const expected =
    encoding === "gzip" && body.length >= shortestGzip
      ? body.readUInt32LE(body.length - 4)
      : Math.max(body.length * 10, constants.Z_DEFAULT_CHUNK);
  // zlib asks for another chunk where the last byte of one is filled.
  return Math.min(expected + constants.Z_MIN_CHUNK, 4 * 1024 * 1024);
}
