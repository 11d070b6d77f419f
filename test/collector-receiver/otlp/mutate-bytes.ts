import fc from "fast-check";

/** Cuts, flips, doubles and inserts bytes. */
export const mutations = fc.array(
  fc.record({
    kind: fc.constantFrom("flip", "cut", "insert", "repeat", "truncate"),
    at: fc.nat(),
    value: fc.integer({ min: 0, max: 255 }),
    length: fc.integer({ min: 1, max: 12 }),
  }),
  { minLength: 1, maxLength: 4 },
);
type Mutation = typeof mutations extends fc.Arbitrary<(infer M)[]> ? M : never;

export function mutate(body: Buffer, changes: readonly Mutation[]): Buffer {
  let bytes = Buffer.from(body);
  for (const { kind, at, value, length } of changes) {
    if (bytes.length === 0) break;
    const pos = at % bytes.length;
    if (kind === "flip") bytes[pos] = value;
    else if (kind === "truncate") bytes = bytes.subarray(0, pos);
    else {
      const middle =
        kind === "cut" ? [] : kind === "insert" ? [Buffer.alloc(length, value)] : [bytes.subarray(pos, pos + length)];
      const from = kind === "cut" ? pos + length : pos;
      bytes = Buffer.concat([bytes.subarray(0, pos), ...middle, bytes.subarray(from)]);
    }
  }
  return bytes;
}
