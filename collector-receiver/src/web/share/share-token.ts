import { hash, randomBytes } from "node:crypto";

/** 192 bits: hard to guess, and short enough for a line of a mail. */
const tokenBytes = 24;
const tokenPattern = /^[A-Za-z0-9_-]{32}$/;

export interface ShareToken {
  /** Part of the link. It is given out once and stored nowhere. */
  readonly token: string;
  /** SHA-256 of the token, which is stored. */
  readonly tokenHash: Buffer;
  /** For people, to revoke the link: the first 12 hex digits of the hash. It opens nothing. */
  readonly id: string;
}

export function makeShareToken(): ShareToken {
  const token = randomBytes(tokenBytes).toString("base64url");
  const tokenHash = hashOf(token);
  return { token, tokenHash, id: tokenHash.toString("hex").slice(0, 12) };
}

/** @returns the hash to look a link up by; null if no token looks like this */
export function hashShareToken(token: string): Buffer | null {
  return tokenPattern.test(token) ? hashOf(token) : null;
}

function hashOf(token: string): Buffer {
  return hash("sha256", token, "buffer");
}
