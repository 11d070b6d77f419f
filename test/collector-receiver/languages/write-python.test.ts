import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { typedEvents } from "../../../collector-receiver/src/languages/typed-events.ts";
import { writePython } from "../../../collector-receiver/src/languages/write-python.ts";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { spanledgerIn } from "../cli/run-cli.ts";
import { checkPython } from "./check-python.ts";
import { hardDefinitions, ownDefinitions } from "./own-definitions.ts";

const strict = "# pyright: strict\n";

function newFolder(): string {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}

test("Python's functions of any config pass a strict check of types", async () => {
  const folder = newFolder();
  await fc.assert(
    fc.asyncProperty(ownDefinitions, async (own) => {
      writeFileSync(join(folder, "functions.py"), strict + writePython(typedEvents(own)));
      expect(await checkPython(folder, ["functions.py"])).toEqual([]);
    }),
    { numRuns: propertyRuns(4), examples: [[hardDefinitions]] },
  );
});

test("no function in Python hides a type that the annotations use, as mypy would have it", () => {
  const text = writePython(typedEvents(hardDefinitions));
  expect(text).toContain("def str_2(");
  expect(text).not.toMatch(/def (?:str|bool|int|float)\(/);
});

test("a wrong call in Python fails the check of types, in the line where it stands", async () => {
  const folder = newFolder();
  const config = join(import.meta.dirname, "../../../examples/own-metrics/spanledger.config.ts");
  const { code, stderr } = await spanledgerIn(folder, {}, "generate", "python", "--config", config);
  expect([code, stderr]).toEqual([0, ""]);
  const right = [
    'e.session_start(session_id="s-1")',
    'e.session_start(session_id="s-1", channel="web", user_id=None, test=True)',
    'e.session_start(session_id="s-1", channel=OtherWord("kiosk"), key="k", occurred_at_ns=1)',
    'e.session_message(session_id="s-1", role="智能客服", message_length=3, response_time_ms=2)',
    "e.ticket_closed(ticket_id=7, resolution_duration_hours=2.5, sla_met=False)",
    'e.booking_confirmed(guests=2, channel="phone")',
    "e.booking_cancelled()",
    'e.record_business_event("coupon.redeemed", {"code": "x", "amount": 2.5, "note": None})',
  ];
  const wrong = [
    "e.session_start()",
    "e.session_start(session_id=1)",
    'e.session_start("s-1")',
    'e.session_start(session_id="s-1", chanel="web")',
    'e.session_start(session_id="s-1", channel="wbe")',
    'e.session_start(session_id="s-1", channel=text)',
    'e.session_message(session_id="s-1", message_length=3.5)',
    'e.session_message(session_id="s-1", response_time_ms="2")',
    'e.ticket_closed(ticket_id=7, sla_met="yes")',
    'e.session_strat(session_id="s-1")',
    'e.booking_confirmed(channel="phone")',
    'e.booking_confirmed(guests=2, channel="pigeon")',
    'e.record_business_event("coupon.redeemed", {"code": ["x"]})',
  ];
  const head = [
    "# pyright: strict",
    "from business_event_functions import BusinessEventFunctions, OtherWord",
    "def calls(e: BusinessEventFunctions, text: str) -> None:",
  ];
  const lines = [...head, ...[...right, ...wrong].map((call) => `    ${call}`)];
  writeFileSync(join(folder, "calls.py"), `${lines.join("\n")}\n`);
  const problems = await checkPython(folder, ["calls.py"]);
  expect([...new Set(problems.map(({ line }) => lines[line - 1]?.trim()))]).toEqual(wrong);
});
