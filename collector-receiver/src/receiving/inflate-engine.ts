import {
  constants,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
  type Gunzip,
  type Inflate,
  type ZlibOptions,
  type ZstdDecompress,
} from "node:zlib";

export type CompressedEncoding = "gzip" | "deflate" | "zstd";

export type InflateEngine = Gunzip | Inflate | ZstdDecompress;
export type EngineMaker = (options: Pick<ZlibOptions, "chunkSize" | "maxOutputLength">) => InflateEngine;

export const engineMakers: Readonly<Record<CompressedEncoding, EngineMaker>> = {
  gzip: createGunzip,
  deflate: createInflate,
  zstd: createZstdDecompress,
};
const publicInflaters = { gzip: gunzipSync, deflate: inflateSync, zstd: zstdDecompressSync } as const;

export interface InflatedStream {
  readonly bytes: Buffer;
  /** Compressed bytes that were used; what is behind them is not part of the stream. */
  readonly read: number;
}

/**
 * Inflates the stream (gzip: all members, zstd: one frame) that `input` begins with.
 * @param into where the output goes if it fits there; not empty
 * @throws an error of zlib, or `ERR_BUFFER_TOO_LARGE` if more than `maxBytes` come out
 */
export type InflateInto = (input: Buffer, into: Buffer, maxBytes: number) => InflatedStream;

/**
 * What Node's own `gunzipSync` does with an engine, but for its output: that has no other way in than these members,
 * which are kept for those who came before it (`lib/zlib.js`).
 */
interface SyncEngine {
  _outBuffer: Buffer;
  _chunkSize: number;
  readonly _finishFlushFlag: number;
  _processChunk(body: Buffer, flushFlag: number): Buffer;
  readonly bytesWritten: number;
}

/** Our memory if Node's engine has the members that this takes; else Node's own, by documented calls only. */
export function makeInflateInto(encoding: CompressedEncoding, make: EngineMaker = engineMakers[encoding]): InflateInto {
  return takesOurMemory(make) ? inflateIntoOurs(make) : inflateIntoOwn(encoding);
}

function inflateIntoOurs(make: EngineMaker): InflateInto {
  return (input, into, maxOutputLength) => {
    const engine = make({ maxOutputLength, chunkSize: constants.Z_MIN_CHUNK }) as unknown as SyncEngine;
    engine._outBuffer = into;
    engine._chunkSize = into.length;
    const bytes = engine._processChunk(input, engine._finishFlushFlag);
    return { bytes, read: engine.bytesWritten };
  };
}

function inflateIntoOwn(encoding: CompressedEncoding): InflateInto {
  const inflate = publicInflaters[encoding];
  return (input, into, maxOutputLength) => {
    // With `info` the answer is both, which the types do not know.
    const options = { maxOutputLength, chunkSize: Math.max(into.length, constants.Z_MIN_CHUNK), info: true };
    const { buffer, engine } = inflate(input, options) as unknown as { buffer: Buffer; engine: SyncEngine };
    return { bytes: buffer, read: engine.bytesWritten };
  };
}

function takesOurMemory(make: EngineMaker): boolean {
  const engine = make({ chunkSize: constants.Z_MIN_CHUNK });
  const { _outBuffer, _chunkSize, _finishFlushFlag, _processChunk } = engine as unknown as Partial<SyncEngine>;
  engine.destroy();
  return (
    Buffer.isBuffer(_outBuffer) &&
    typeof _chunkSize === "number" &&
    typeof _finishFlushFlag === "number" &&
    typeof _processChunk === "function"
  );
}
