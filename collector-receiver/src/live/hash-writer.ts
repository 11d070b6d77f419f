import type { Redis } from "ioredis";
import { expiryMs } from "./live-keys.ts";
import type { LiveHash } from "./live-hash.ts";
import { writeHashScript } from "./write-hash-script.ts";

export interface HashToWrite extends LiveHash {
  /** Overwrite whatever is there, as long as it still has this revision ("none": a hash without one). */
  readonly replaces?: string;
}

/**
 * Writes hashes in one pipeline. The script is known to Redis after the first call, and is sent again
 * if a restart made Redis forget it.
 * @throws if any hash could not be written
 */
export async function writeHashes(redis: Redis, hashes: readonly HashToWrite[]): Promise<void> {
  const missed = await callScript(redis, hashes);
  if (!missed) return;
  await redis.script("LOAD", writeHashScript.source);
  if (await callScript(redis, hashes)) throw new Error("Redis forgets the script that it was just given");
}

/** @returns true if Redis does not know the script */
async function callScript(redis: Redis, hashes: readonly HashToWrite[]): Promise<boolean> {
  const pipeline = redis.pipeline();
  for (const { key, revision, fields, replaces } of hashes) {
    pipeline.evalsha(writeHashScript.sha1, 1, key, revision, expiryMs, replaces ?? "", ...fields);
  }
  // A pipeline has no time limit of its own: its commands have.
  const answers = (await pipeline.exec()) ?? [];
  const errors = answers.flatMap(([error]) => (error === null ? [] : [error]));
  const [first] = errors;
  if (first === undefined) return false;
  if (errors.every(({ message }) => message.startsWith("NOSCRIPT"))) return true;
  throw first;
}
