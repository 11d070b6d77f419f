import { expect, test } from "vitest";
import { OutageLog } from "../../../../collector-receiver/src/storage/wire/outage-log.ts";

const errorWith = (code: string): Error => Object.assign(new Error(code), { code });

/** A log of two texts, and what it said. */
function openLog() {
  const lines: string[] = [];
  const log = new OutageLog(
    {
      warn: (_: unknown, text: string) => lines.push(text),
      info: (_: unknown, text: string) => lines.push(text),
    } as never,
    { begins: (reason) => `away: ${reason}`, ends: (_seconds, refused) => `back, ${refused} refused` },
  );
  return { log, lines };
}

test("a restart is one line, whatever PostgreSQL says on its way, and its end another", () => {
  const { log, lines } = openLog();
  for (const code of ["57P01", "ECONNREFUSED", "ECONNRESET", "57P03", "57P02", "ECONNREFUSED"])
    log.failed(2, errorWith(code));
  expect(lines).toEqual(["away: PostgreSQL says that it is shutting down"]);
  log.succeeded();
  log.succeeded();
  expect(lines.slice(1)).toEqual(["back, 12 refused"]);
});

test("what no restart mends is a line of its own, once an outage, and again in the next one", () => {
  const { log, lines } = openLog();
  const full = "away: PostgreSQL says that its disk is full";
  const readOnly = "away: PostgreSQL says that it is read-only: a standby, or a primary that hands over";
  for (const code of ["ECONNREFUSED", "53100", "53100", "57P03", "53100", "25006", "25006"])
    log.failed(1, errorWith(code));
  expect(lines).toEqual(["away: PostgreSQL cannot be reached (ECONNREFUSED)", full, readOnly]);
  log.succeeded();
  log.failed(1, errorWith("53100"));
  log.failed(1, errorWith("25006"));
  log.succeeded();
  expect(lines.slice(3)).toEqual(["back, 7 refused", full, readOnly, "back, 2 refused"]);
});
