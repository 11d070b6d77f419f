import fc from "fast-check";
import { expect, test } from "vitest";
import { printable } from "../../../collector-receiver/src/cli/print.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { spanledger } from "./run-cli.ts";

test("a terminal gets no control character from a name, and JSON stays the same JSON", () => {
  const hostile = "\u001b[2J\u009b31m\u202egnp.exe\r\u0007\u007f";
  expect(printable(`a name\t${hostile}\n`)).toBe("a name\t\\u001b[2J\\u009b31m\\u202egnp.exe\\u000d\\u0007\\u007f\n");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      // oxlint-disable-next-line no-control-regex -- these are the characters
      expect(printable(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(JSON.parse(printable(JSON.stringify({ text })))).toEqual({ text });
    }),
  );
});

test("verify shows a hostile event name as text", async () => {
  const {
    database: { connectionString, pool },
  } = await startTestReceiver();
  await pool.query(
    `insert into analytics_event_counts (tenant_id, day, event_name, events) values ('default', '2026-03-10', E'\\x1b]0;owned\\x07\\x1b[2J', 3)`,
  );
  const { code, stdout } = await spanledger({ DATABASE_URL: connectionString }, "verify");
  expect(code).toBe(1);
  expect(stdout).toContain("\\u001b]0;owned\\u0007\\u001b[2J");
  expect(stdout).not.toContain("\u001b");
});
