import { expect, test, vi } from "vitest";
import { createTenantResolver } from "../../../collector-receiver/src/receiving/resolve-ingest-token.ts";

const compared = vi.hoisted(() => [] as number[]);
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  return {
    ...crypto,
    timingSafeEqual(a: Uint8Array, b: Uint8Array) {
      compared.push(a.length, b.length);
      return crypto.timingSafeEqual(a, b);
    },
  };
});

const grants = ["old-token-of-brand-a", "new-token-of-brand-a", "token-of-brand-b"].map((token) => ({
  token,
  tenantIds: [token.endsWith("b") ? "brand-b" : "brand-a"],
}));
const resolve = createTenantResolver(grants);

test("two tokens of one tenant are valid at once, and each stands for its tenant", () => {
  expect(resolve("Bearer old-token-of-brand-a")).toEqual({ kind: "fixed", tenantId: "brand-a" });
  expect(resolve("bearer  new-token-of-brand-a ")).toEqual({ kind: "fixed", tenantId: "brand-a" });
  expect(resolve("Bearer token-of-brand-b")).toEqual({ kind: "fixed", tenantId: "brand-b" });
  for (const wrong of [
    undefined,
    "",
    "Bearer ",
    "Bearer token-of-brand",
    "Bearer token-of-brand-bb",
    "token-of-brand-b",
  ]) {
    expect(resolve(wrong)).toBeNull();
  }
});

test.each(["old-token-of-brand-a", "token-of-brand-b", "x", `old-token-of-brand-${"z".repeat(400)}`])(
  "whatever is shown is compared with every token, in constant time over equal lengths: %s",
  (token) => {
    compared.length = 0;
    resolve(`Bearer ${token}`);
    expect(compared).toEqual(Array.from({ length: 2 * grants.length }, () => 32));
  },
);
