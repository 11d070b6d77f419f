import { createHash } from "node:crypto";

/** Random draws that depend on a key alone: the same key gives the same draws on every machine. */
export interface SeededRandom {
  /** In [0, 1). */
  uniform(): number;
  /** Integer in [from, to]. */
  integer(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** One of the choices, by their weights. */
  weighted<C extends readonly (readonly [unknown, number])[]>(choices: C): C[number][0];
  /** Log-normal with this median; about two thirds lie within a factor e^spread of it. */
  logNormal(median: number, spread: number): number;
  /** Poisson around the mean, by the normal approximation above 30. */
  poisson(mean: number): number;
}

/** xoshiro128** seeded from SHA-256 of the key. */
export function createSeededRandom(key: string): SeededRandom {
  const digest = createHash("sha256").update(key).digest();
  const state = Uint32Array.from([0, 4, 8, 12], (offset) => digest.readUInt32LE(offset));
  const rotate = (value: number, by: number): number => ((value << by) | (value >>> (32 - by))) >>> 0;

  function next(): number {
    const result = Math.imul(rotate(Math.imul(state[1]!, 5), 7), 9) >>> 0;
    const shifted = state[1]! << 9;
    state[2]! ^= state[0]!;
    state[3]! ^= state[1]!;
    state[1]! ^= state[2]!;
    state[0]! ^= state[3]!;
    state[2]! ^= shifted;
    state[3] = rotate(state[3]!, 11);
    return result;
  }

  const random: SeededRandom = {
    uniform: () => next() / 2 ** 32,
    integer: (from, to) => from + Math.floor(random.uniform() * (to - from + 1)),
    chance: (probability) => random.uniform() < probability,
    pick: (choices) => choices[random.integer(0, choices.length - 1)]!,
    weighted(choices) {
      let left = random.uniform() * choices.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [choice, weight] of choices) {
        left -= weight;
        if (left < 0) return choice;
      }
      return choices.at(-1)![0];
    },
    logNormal: (median, spread) => median * Math.exp(spread * normal()),
    poisson(mean) {
      if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      const limit = Math.exp(-mean);
      let count = -1;
      for (let product = 1; product > limit; product *= random.uniform()) count += 1;
      return Math.max(0, count);
    },
  };

  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());

  return random;
}

/** The UUIDv7 of a time (ms) and a key. */
export function createSeededUuidV7(timeMs: number, key: string): string {
  const bytes = createHash("sha256").update(key).digest().subarray(0, 16);
  bytes.writeUIntBE(timeMs, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
