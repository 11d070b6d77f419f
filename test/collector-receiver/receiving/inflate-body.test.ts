import { constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  asSendersFault,
  BadEncodingError,
  giveInflatedBack,
  inflateBody,
  keepInflated,
} from "../../../collector-receiver/src/receiving/inflate-body.ts";
import { engineMakers, makeInflateInto } from "../../../collector-receiver/src/receiving/inflate-engine.ts";
import { BodyTooLargeError } from "../../../collector-receiver/src/receiving/read-request-body.ts";

const most = 8 * 1024 * 1024;
const compressors = { gzip: gzipSync, deflate: deflateSync, zstd: zstdCompressSync } as const;
const encodings = ["gzip", "deflate", "zstd"] as const;

/** Compresses a little or a lot. */
const bodies = fc
  .record({
    bytes: fc.uint8Array({ minLength: 1, maxLength: 4000, size: "max" }),
    times: fc.integer({ min: 1, max: 800 }),
  })
  .map(({ bytes, times }) => Buffer.concat(Array.from({ length: times }, () => bytes)));

test.each(encodings)("%s: what went in comes out, whatever its size", async (encoding) => {
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const inflated = await inflateBody(compressors[encoding](body), encoding, most);
      expect(inflated.equals(body)).toBe(true);
    }),
    { numRuns: 60, endOnFailure: true },
  );
});

test.each(encodings)("%s: bodies up to 1 MiB lie in the same memory, larger ones in their own", async (encoding) => {
  const of = async (length: number, letter: string) =>
    inflateBody(compressors[encoding](Buffer.alloc(length, letter)), encoding, most);
  const first = await of(1000, "a");
  const second = await of(2000, "b");
  // Not by `toBe`, which would print both if they differ.
  expect(second.buffer === first.buffer).toBe(true);
  expect(first.toString()).toBe("b".repeat(1000));
  const large = await of(3_000_000, "c");
  expect((await of(1000, "d")).buffer === first.buffer).toBe(true);
  expect(large.equals(Buffer.alloc(3_000_000, "c"))).toBe(true);
});

test("a gzip body that lies about its length comes out whole", async () => {
  const body = Buffer.alloc(2_500_000, "xyz");
  const lying = gzipSync(body);
  lying.writeUInt32LE(10, lying.length - 4);
  // The length is part of what zlib checks; nothing but the error may come of it.
  await expect(async () => inflateBody(lying, "gzip", most)).rejects.toThrow(BadEncodingError);
  const members = Buffer.concat([gzipSync(body), gzipSync(Buffer.from("end"))]);
  expect(Buffer.from(await inflateBody(members, "gzip", most)).equals(Buffer.concat([body, Buffer.from("end")]))).toBe(
    true,
  );
});

test.each(encodings)(
  "%s: cut off, damaged or too large are told apart, and the next body is read",
  async (encoding) => {
    const body = Buffer.from(JSON.stringify(Array.from({ length: 500 }, (_, i) => i * 7919)));
    const compressed = compressors[encoding](body);
    const inflate = async (bytes: Buffer, maxBytes: number) => inflateBody(bytes, encoding, maxBytes);
    await expect(inflate(compressed.subarray(0, -5), most)).rejects.toThrow(BadEncodingError);
    await expect(inflate(Buffer.from("no such thing at all"), most)).rejects.toThrow(BadEncodingError);
    await expect(inflate(compressed, body.length - 1)).rejects.toThrow(BodyTooLargeError);
    expect((await inflate(compressed, body.length)).equals(body)).toBe(true);
  },
);

const emptyFrame = zstdCompressSync(Buffer.alloc(0));
const checksum = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };

function skippableFrame(content: Uint8Array, kind = 0): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50 + kind, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

/** One zstd frame, and what comes out of it. */
const frames = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((content) => ({ frame: zstdCompressSync(content), content })),
  fc.uint8Array({ maxLength: 300 }).map((content) => ({ frame: zstdCompressSync(content, checksum), content })),
  fc.integer({ min: 1, max: 400_000 }).map((length) => {
    const content = Buffer.alloc(length, "span");
    return { frame: zstdCompressSync(content), content };
  }),
  fc
    .tuple(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 0, max: 15 }))
    .map(([bytes, kind]) => ({ frame: skippableFrame(bytes, kind), content: new Uint8Array(0) })),
  fc.constant({ frame: emptyFrame, content: new Uint8Array(0) }),
);

/** Too much for the way without a thread. */
const incompressible = Buffer.from(Array.from({ length: 600_000 }, (_, i) => (i * i * 2654435761) >>> 24));

test.each([0, incompressible.length])("zstd: every frame is read (%i bytes before them)", async (before) => {
  const head = incompressible.subarray(0, before);
  await fc.assert(
    fc.asyncProperty(fc.array(frames, { minLength: 1, maxLength: 12 }), async (list) => {
      const body = Buffer.concat([
        ...(before === 0 ? [] : [zstdCompressSync(head)]),
        ...list.map(({ frame }) => frame),
      ]);
      const inflated = await inflateBody(body, "zstd", most);
      expect(inflated.equals(Buffer.concat([head, ...list.map(({ content }) => content)]))).toBe(true);
    }),
    { numRuns: before === 0 ? 100 : 20, endOnFailure: true },
  );
});

test.each([1, 100, 20_000])("zstd: %i small frames among empty ones are all read", async (count) => {
  const frame = zstdCompressSync("event");
  const body = Buffer.concat(Array.from({ length: count }, () => Buffer.concat([emptyFrame, frame, emptyFrame])));
  expect((await inflateBody(body, "zstd", most)).toString()).toBe("event".repeat(count));
});

test("zstd: a body of more than 65,536 frames is refused", async () => {
  const frame = zstdCompressSync("e");
  const body = Buffer.concat(Array.from({ length: 65_537 }, () => frame));
  expect(await inflateBody(body.subarray(frame.length), "zstd", most)).toHaveLength(65_536);
  await expect(async () => inflateBody(body, "zstd", most)).rejects.toThrow("more than 65536 zstd frames");
});

test("zstd: a million empty and skippable frames are an empty body", async () => {
  const body = Buffer.concat(
    Array.from({ length: 500_000 }, () => [emptyFrame, skippableFrame(Buffer.from("x"))]).flat(),
  );
  expect(await inflateBody(body, "zstd", most)).toHaveLength(0);
});

test("zstd: the limit holds for all frames together", async () => {
  const frame = zstdCompressSync(Buffer.alloc(1000, "a"));
  const ten = Buffer.concat(Array.from({ length: 10 }, () => frame));
  expect(await inflateBody(ten, "zstd", 10_000)).toHaveLength(10_000);
  await expect(async () => inflateBody(ten, "zstd", 9_999)).rejects.toThrow(BodyTooLargeError);
  const large = Buffer.concat([zstdCompressSync(incompressible), zstdCompressSync(incompressible)]);
  await expect(async () => inflateBody(large, "zstd", 1_199_999)).rejects.toThrow(BodyTooLargeError);
  expect(await inflateBody(large, "zstd", 1_200_000)).toHaveLength(1_200_000);
});

test.each(encodings)("%s: bytes behind the end, and a last stream that is cut off, are errors", async (encoding) => {
  for (const content of [Buffer.from("event"), incompressible]) {
    const whole = compressors[encoding](content);
    for (const rest of [
      Buffer.from("garbage"),
      Buffer.from([0x28]),
      Buffer.alloc(9),
      Buffer.from([0x1f]),
      whole.subarray(0, -1),
    ]) {
      const body = Buffer.concat([whole, rest]);
      await expect(async () => inflateBody(body, encoding, most)).rejects.toThrow(BadEncodingError);
    }
  }
});

test.each([1, 4, 7, 8, 12])("zstd: a skippable frame of which %i bytes arrive is an error", async (length) => {
  const cut = skippableFrame(Buffer.from("content"), 3).subarray(0, length);
  for (const before of [Buffer.alloc(0), zstdCompressSync("event"), zstdCompressSync(incompressible)]) {
    const body = Buffer.concat([before, cut]);
    await expect(async () => inflateBody(body, "zstd", most)).rejects.toThrow(BadEncodingError);
  }
});

test.each(encodings)(
  "%s: any damage is an error of the sender, or goes unnoticed by the encoding",
  async (encoding) => {
    const whole = compressors[encoding](Buffer.from(JSON.stringify(Array.from({ length: 50 }, (_, i) => ({ i })))));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Buffer.from(whole);
        damaged[at]! ^= change;
        try {
          await inflateBody(damaged, encoding, most);
        } catch (error) {
          expect(error instanceof BadEncodingError || error instanceof BodyTooLargeError).toBe(true);
        }
      }),
      { endOnFailure: true },
    );
  },
);

test("zstd: a block that holds more than its frame says is the sender's fault", async () => {
  const damaged = zstdCompressSync(Buffer.from(JSON.stringify(Array.from({ length: 50 }, (_, i) => ({ i })))));
  damaged[7]! ^= 33;
  await expect(async () => inflateBody(damaged, "zstd", most)).rejects.toThrow(BadEncodingError);
});

test("only what zlib says of the bytes themselves is the sender's fault", () => {
  const failure = (code: string) => Object.assign(new Error("failed"), { code });
  for (const code of ["Z_DATA_ERROR", "Z_BUF_ERROR", "ZSTD_error_corruption_detected", "ZSTD_error_checksum_wrong"]) {
    expect(asSendersFault(failure(code), "zstd")).toBeInstanceOf(BadEncodingError);
  }
  for (const code of [
    "Z_MEM_ERROR",
    "Z_STREAM_ERROR",
    "ZSTD_error_memory_allocation",
    "ERR_ZLIB_INITIALIZATION_FAILED",
  ]) {
    const error = failure(code);
    expect(asSendersFault(error, "zstd")).toBe(error);
  }
  for (const error of [new RangeError("Array buffer allocation failed"), new TypeError("a bug"), "text", undefined]) {
    expect(asSendersFault(error, "gzip")).toBe(error);
  }
});

test.each(encodings)("%s: inflates with Node's documented calls if its engine has other members", (encoding) => {
  const content = Buffer.alloc(5000, "event");
  const whole = compressors[encoding](content);
  // To zlib what follows a gzip member is another one.
  const body = encoding === "gzip" ? whole : Buffer.concat([whole, Buffer.from("rest")]);
  const into = Buffer.alloc(10_000);
  const expected = { read: whole.length, length: 5000 };
  const ours = makeInflateInto(encoding)(body, into, 5000);
  expect(ours.bytes.buffer === into.buffer).toBe(true);
  expect({ read: ours.read, length: ours.bytes.length }).toEqual(expected);
  for (const member of ["_outBuffer", "_chunkSize", "_finishFlushFlag", "_processChunk"]) {
    const without = makeInflateInto(encoding, (options) =>
      Object.defineProperty(engineMakers[encoding](options), member, { value: undefined }),
    );
    const { bytes, read } = without(body, into, 5000);
    expect(bytes.buffer === into.buffer).toBe(false);
    expect(bytes.equals(content)).toBe(true);
    expect(read).toBe(expected.read);
    expect(() => without(body, into, 4999)).toThrow(expect.objectContaining({ code: "ERR_BUFFER_TOO_LARGE" }));
  }
});

test("a body that is kept is not overwritten by the next", async () => {
  const first = await inflateBody(gzipSync("first"), "gzip", most);
  keepInflated(first);
  const second = await inflateBody(gzipSync("other"), "gzip", most);
  expect(first.toString()).toBe("first");
  expect(second.buffer === first.buffer).toBe(false);
});

test("a body that was kept and given back lends its memory to a later one", async () => {
  const first = await inflateBody(gzipSync("first"), "gzip", most);
  expect(keepInflated(first)).toBe(true);
  const second = await inflateBody(gzipSync("other"), "gzip", most);
  giveInflatedBack(first);
  expect(keepInflated(second)).toBe(true);
  const third = await inflateBody(gzipSync("third"), "gzip", most);
  expect(third.buffer === first.buffer).toBe(true);
  expect(second.toString()).toBe("other");
});
