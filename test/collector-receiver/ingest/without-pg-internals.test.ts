import pg from "pg";
import { expect, test, vi } from "vitest";

// Everything below runs as if `pg` had lost its private members: no groups, no pipeline, COPY step by step.
vi.mock("../../../collector-receiver/src/storage/wire/pg-internals.ts", async (original) => ({
  ...(await original<object>()),
  canGroupStatements: false,
}));
const { hasGroupInternals } = await import("../../../collector-receiver/src/storage/wire/pg-internals.ts");

type Classes = Parameters<typeof hasGroupInternals>[0];
const { Query, Connection } = pg as unknown as Classes;

test("the installed pg has every private member that groups of statements need", () => {
  expect(hasGroupInternals({ Query, Connection })).toBe(true);
});

test.each(["prepare", "hasBeenParsed", "handleRowDescription", "handleReadyForQuery"])(
  "statements are not grouped if Query.%s is gone",
  (name) => {
    class Other extends Query {}
    Object.defineProperty(Other.prototype, name, { value: undefined });
    expect(hasGroupInternals({ Query: Other, Connection })).toBe(false);
  },
);

test("statements are not grouped if a connection keeps its prepared statements elsewhere", () => {
  class Other extends Connection {
    parsedStatements = undefined;
  }
  expect(hasGroupInternals({ Query, Connection: Other })).toBe(false);
  const Unusable = function () {
    throw new Error("needs other arguments now");
  } as unknown as Classes["Query"];
  expect(hasGroupInternals({ Query: Unusable, Connection })).toBe(false);
});

await import("./group-commit.test.ts");
