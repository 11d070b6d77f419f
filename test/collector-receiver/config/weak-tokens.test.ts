import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigError } from "../../../collector-receiver/src/config/config-error.ts";
import { loadConfig } from "../../../collector-receiver/src/config/load-config.ts";
import { findWeakness } from "../../../collector-receiver/src/config/weak-token.ts";

function problemsOf(environment: Record<string, string>): string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ variable, problem }) => `${variable} ${problem}`);
  }
}

test.each([
  ["aaaaaaaaaaaaaaaa"],
  ["abababababababab"],
  ["1111111111111112"],
  ["abcdefgabcdefgabc"],
  ["abcdefghijklmnop"],
  ["ponmlkjihgfedcba"],
  ["changeme-changeit"],
  ["Password12345678"],
])("the token %s is easy to guess and is refused in every list, without being shown", (token) => {
  expect(findWeakness(token)).toBeDefined();
  for (const environment of [
    { INGEST_TOKENS: `default:${token}` },
    { READ_TOKENS: `default:${token}` },
    { METRICS_TOKEN: token },
  ]) {
    const problems = problemsOf(environment);
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain(token);
  }
});

test("random tokens are not refused, however they are written", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 24, maxLength: 24 }).map(() => randomBytes(24)),
      (bytes) => {
        expect(findWeakness(bytes.toString("hex"))).toBeUndefined();
        expect(findWeakness(bytes.toString("base64url"))).toBeUndefined();
      },
    ),
  );
});

test("a token opens one door: the same one in two lists is refused, hashed or not", () => {
  const token = "one-token-4Hj7k2";
  const hashed = `sha256:${createHash("sha256").update(token).digest("hex")}`;
  for (const [sending, reading] of [
    [token, token],
    [hashed, token],
    [token, hashed],
  ]) {
    expect(problemsOf({ INGEST_TOKENS: `default:${sending}`, READ_TOKENS: `default:${reading}` })).toEqual([
      "READ_TOKENS has a token that INGEST_TOKENS has too",
    ]);
  }
  expect(problemsOf({ INGEST_TOKENS: `default:${hashed}`, METRICS_TOKEN: token })).toEqual([
    "METRICS_TOKEN is a token of INGEST_TOKENS or READ_TOKENS too",
  ]);
  expect(problemsOf({ INGEST_TOKENS: `a:${hashed},b:${token}` })).toEqual([
    "INGEST_TOKENS entries 1 and 2 have the same token",
  ]);
});

test("a list comes from its variable or from a file, not from both, and a missing file is named", () => {
  expect(problemsOf({ READ_TOKENS: "default:one-token-4Hj7k2", READ_TOKENS_FILE: "/nowhere/tokens" })).toEqual([
    "READ_TOKENS_FILE is set beside READ_TOKENS",
  ]);
  expect(problemsOf({ INGEST_TOKENS_FILE: "/nowhere/tokens" })).toEqual(["INGEST_TOKENS_FILE cannot be read (ENOENT)"]);
});
