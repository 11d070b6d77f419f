import { hash } from "node:crypto";

const hashed = /^sha256:([0-9a-f]{64})$/i;

/** True if a configured token is given as its hash, `sha256:` and 64 hex digits. A bearer token has no colon. */
export function isHashed(configured: string): boolean {
  return hashed.test(configured);
}

/** SHA-256 of a configured token, which may be given as that hash. */
export function digestOfConfigured(configured: string): Buffer {
  const hex = hashed.exec(configured)?.[1];
  return hex === undefined ? digestOf(configured) : Buffer.from(hex, "hex");
}

/** SHA-256 of a token that a request shows. */
export function digestOf(token: string): Buffer {
  return hash("sha256", token, "buffer");
}
