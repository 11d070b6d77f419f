import pg from "pg";
import { expect, test, vi } from "vitest";

// The tests of copy-out.ts run again as if `pg` read its socket in another way.
vi.mock("../../../../collector-receiver/src/storage/wire/pg-internals.ts", async (original) => ({
  ...(await original<object>()),
  canReadSocket: false,
}));
const { hasSocketListeners } = await import("../../../../collector-receiver/src/storage/wire/pg-internals.ts");

type Classes = Parameters<typeof hasSocketListeners>[0];
const { Connection } = pg as unknown as Classes;

test("the installed pg reads its socket by listeners", () => {
  expect(hasSocketListeners({ Connection })).toBe(true);
});

test("the socket is not taken over if a connection attaches its listeners elsewhere", () => {
  class Renamed extends Connection {
    attachListeners = undefined;
  }
  expect(hasSocketListeners({ Connection: Renamed })).toBe(false);
  class Pulling extends Connection {
    attachListeners(): void {}
  }
  expect(hasSocketListeners({ Connection: Pulling })).toBe(false);
});

await import("./copy-out.test.ts");
