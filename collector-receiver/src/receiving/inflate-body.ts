import { setImmediate } from "node:timers/promises";
import { constants } from "node:zlib";
import { engineMakers, makeInflateInto, type CompressedEncoding } from "./inflate-engine.ts";
import { BodyTooLargeError } from "./read-request-body.ts";
import { endOfZstdFrame, skipEmptyZstdFrames } from "./zstd-frames.ts";

/** Answered with 400: the body is not what its Content-Encoding says. */
export class BadEncodingError extends Error {
  override readonly name = "BadEncodingError";
}

export const contentEncodings = ["identity", "gzip", "deflate", "zstd"] as const;
export type ContentEncoding = (typeof contentEncodings)[number];

/** Up to here inflating on the spot is cheaper than a thread's hand-over (measured: 0.6 to 0.84 of the rate). */
const maxSyncBytes = 512 * 1024;
/** More than 512 spans take, which is what exporters send at once. */
const sharedBytes = 1024 * 1024;
/** A zstd frame costs 13 µs, however small it is. */
const maxSyncFrames = 64;
const maxFrames = 65_536;
/** A frame up to this size is inflated on the spot, so that many small ones do not each cross to a thread. */
const smallFrameBytes = 64 * 1024;
const sliceMs = 5;
/** Header and trailer (RFC 1952). */
const minGzipBytes = 18;
const minChunkBytes = 256 * 1024;
const maxChunkBytes = 4 * 1024 * 1024;

const inflaters = {
  gzip: makeInflateInto("gzip"),
  deflate: makeInflateInto("deflate"),
  zstd: makeInflateInto("zstd"),
} as const;

/**
 * Bodies are inflated into the same memory, one after the other. With memory of its own for each, every 20 MB of
 * bodies made the garbage collector visit the whole heap: a third of Node's time if one span in 20 is an event.
 */
let shared: Buffer | undefined;
/** Takes the place of `shared` while a body keeps that: on a busy machine one body in six is mapped in slices. */
let spare: Buffer | undefined;

function allocateShared(): Buffer {
  // zlib asks for room beyond the last byte.
  return Buffer.allocUnsafeSlow(sharedBytes + constants.Z_MIN_CHUNK);
}

/**
 * If this body lies in the shared memory, it is its own from now on, until `giveInflatedBack`: the next body gets other memory.
 * @returns whether it did
 */
export function keepInflated(body: Buffer): boolean {
  if (body.buffer !== shared?.buffer) return false;
  shared = spare;
  spare = undefined;
  return true;
}

/** Ends what `keepInflated` began: another body may be inflated into this one's memory. */
export function giveInflatedBack(body: Buffer): void {
  spare ??= Buffer.from(body.buffer);
}

/**
 * Undoes one layer of compression; memory is bounded by `maxBytes` while inflating.
 * @param beforeLong awaited before a body is inflated that takes long
 * @returns the inflated body; if it is not a promise, the next call overwrites it: use it at once, or `keepInflated`
 * @throws BodyTooLargeError if more than `maxBytes` come out
 * @throws BadEncodingError if the bytes are not of that encoding, end early, or go on behind its end
 */
export function inflateBody(
  body: Buffer,
  encoding: ContentEncoding,
  maxBytes: number,
  beforeLong?: () => Promise<void>,
): Buffer | Promise<Buffer> {
  if (encoding === "identity") {
    if (body.length > maxBytes) throw new BodyTooLargeError(`The body has more than ${maxBytes} bytes`);
    return body;
  }
  if (body.length <= maxSyncBytes) {
    const inflated = inflateHere(body, encoding, Math.min(maxBytes, sharedBytes));
    if (inflated !== undefined) return inflated;
  }
  return beforeLong === undefined
    ? inflateLong(body, encoding, maxBytes)
    : beforeLong().then(() => inflateLong(body, encoding, maxBytes));
}

/** @returns undefined if more than `maxBytes` come out, or it would take long */
function inflateHere(body: Buffer, encoding: CompressedEncoding, maxBytes: number): Buffer | undefined {
  shared ??= allocateShared();
  let used = 0;
  let at = nextStream(body, encoding, 0);
  for (let frames = 0; at < body.length; frames++) {
    if (frames === maxSyncFrames) return undefined;
    const stream = inflateStream(body, at, encoding, used === 0 ? shared : shared.subarray(used), maxBytes - used);
    if (stream === undefined) return undefined;
    const { bytes, read } = stream;
    if (at === 0 && read === body.length) return bytes;
    if (bytes.buffer !== shared.buffer) shared.set(bytes, used);
    used += bytes.length;
    at = nextStream(body, encoding, at + read);
  }
  return shared.subarray(0, used);
}

/** @returns undefined if more than `maxBytes` come out */
function inflateStream(body: Buffer, at: number, encoding: CompressedEncoding, into: Buffer, maxBytes: number) {
  try {
    const stream = inflaters[encoding](at === 0 ? body : body.subarray(at), into, Math.max(1, maxBytes));
    return stream.bytes.length > maxBytes ? undefined : stream;
  } catch (error) {
    if (codeOf(error) === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw asSendersFault(error, encoding);
  }
}

/**
 * Where the next stream begins: zstd may have many frames (RFC 8878, section 3.1), gzip's members are one stream to zlib.
 * @throws BadEncodingError if there is something that no stream may be followed by
 */
function nextStream(body: Buffer, encoding: CompressedEncoding, at: number): number {
  if (encoding === "zstd") return skipEmptyZstdFrames(body, at);
  if (at > 0 && at < body.length) {
    throw new BadEncodingError(`The body is not ${encoding}: ${body.length - at} bytes follow its end (byte ${at})`);
  }
  return at;
}

/** On a thread, into memory of its own; many small frames on the spot, with pauses. */
async function inflateLong(body: Buffer, encoding: CompressedEncoding, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  let at = nextStream(body, encoding, 0);
  let pauseAt = performance.now() + sliceMs;
  for (let frames = 0; at < body.length; frames++) {
    if (frames === maxFrames) {
      throw new BadEncodingError(`The body has more than ${maxFrames} zstd frames: compress it as one`);
    }
    if (performance.now() >= pauseAt) {
      await setImmediate();
      pauseAt = performance.now() + sliceMs;
    }
    const left = maxBytes - length;
    const small = encoding === "zstd" && endOfZstdFrame(body, at, smallFrameBytes) > 0;
    const inflated =
      (small ? inflateSmall(body, at, left) : undefined) ?? (await inflateAside(body.subarray(at), encoding, left));
    if (inflated === undefined) throw new BodyTooLargeError(`The inflated body has more than ${maxBytes} bytes`);
    for (const piece of inflated.pieces) {
      pieces.push(piece);
      length += piece.length;
    }
    at = nextStream(body, encoding, at + inflated.read);
  }
  return join(pieces, length);
}

interface InflatedPieces {
  readonly pieces: readonly Buffer[];
  readonly read: number;
}

/** @returns undefined if more comes out than a small frame should hold */
function inflateSmall(body: Buffer, at: number, maxBytes: number): InflatedPieces | undefined {
  shared ??= allocateShared();
  const stream = inflateStream(body, at, "zstd", shared, Math.min(maxBytes, smallFrameBytes * 4));
  return stream && { pieces: [Buffer.from(stream.bytes)], read: stream.read };
}

/** @returns undefined if more than `maxBytes` come out */
function inflateAside(
  body: Buffer,
  encoding: CompressedEncoding,
  maxBytes: number,
): Promise<InflatedPieces | undefined> {
  return new Promise((resolve, reject) => {
    const engine = engineMakers[encoding]({ chunkSize: chunkSizeFor(body, encoding) });
    const pieces: Buffer[] = [];
    let length = 0;
    engine.on("data", (piece: Buffer) => {
      pieces.push(piece);
      length += piece.length;
      if (length <= maxBytes) return;
      engine.destroy();
      resolve(undefined);
    });
    engine.on("error", (error) => reject(asSendersFault(error, encoding)));
    engine.on("end", () => resolve({ pieces, read: engine.bytesWritten }));
    engine.end(body);
  });
}

/** One piece after the other: to copy 64 MiB at once takes 20 ms. */
async function join(pieces: readonly Buffer[], length: number): Promise<Buffer> {
  if (pieces.length === 1) return pieces[0]!;
  const whole = Buffer.allocUnsafeSlow(length);
  let at = 0;
  let since = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
    since += piece.length;
    if (since < 4 * 1024 * 1024) continue;
    since = 0;
    await setImmediate();
  }
  return whole;
}

/** What a sender's bytes can be the cause of; anything else (no memory, a bug) is ours, and may pass. */
const sendersFaults: ReadonlySet<unknown> = new Set([
  "Z_DATA_ERROR",
  "Z_BUF_ERROR",
  "Z_NEED_DICT",
  "ZSTD_error_prefix_unknown",
  "ZSTD_error_version_unsupported",
  "ZSTD_error_frameParameter_unsupported",
  "ZSTD_error_frameParameter_windowTooLarge",
  "ZSTD_error_corruption_detected",
  "ZSTD_error_checksum_wrong",
  "ZSTD_error_literals_headerWrong",
  "ZSTD_error_dictionary_corrupted",
  "ZSTD_error_dictionary_wrong",
  "ZSTD_error_tableLog_tooLarge",
  "ZSTD_error_maxSymbolValue_tooLarge",
  "ZSTD_error_maxSymbolValue_tooSmall",
  "ZSTD_error_srcSize_wrong",
  // A block holds more than its frame says. Our memory is not the cause: zstd fills one piece after the other.
  "ZSTD_error_dstSize_tooSmall",
]);

/** A `BadEncodingError` if the body is to blame; else the error itself. */
export function asSendersFault(error: unknown, encoding: CompressedEncoding): unknown {
  if (!(error instanceof Error) || !sendersFaults.has(codeOf(error))) return error;
  return new BadEncodingError(`The body is not ${encoding}: ${error.message}`, { cause: error });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/**
 * About as large as what comes out: a gzip body says how much that is in its last four bytes (RFC 1952, ISIZE), which are
 * only believed for this. Else telemetry shrinks about tenfold. Each chunk crosses to a thread and back.
 */
function chunkSizeFor(body: Buffer, encoding: CompressedEncoding): number {
  const expected =
    encoding === "gzip" && body.length >= minGzipBytes ? body.readUInt32LE(body.length - 4) : body.length * 10;
  // zlib asks for another chunk if the last byte of one is filled.
  return Math.min(Math.max(expected, minChunkBytes) + constants.Z_MIN_CHUNK, maxChunkBytes);
}
