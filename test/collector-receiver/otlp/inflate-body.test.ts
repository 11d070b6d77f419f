import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BadEncodingError, inflateBody } from "../../../collector-receiver/src/otlp/inflate-body.ts";
import { BodyTooLargeError } from "../../../collector-receiver/src/otlp/read-request-body.ts";

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
  // Not by `toBe`, which would print both where they differ.
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
