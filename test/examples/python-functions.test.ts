import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { loadDefinitions } from "../../collector-receiver/src/catalogue/load-definitions.ts";
import { typedEvents } from "../../collector-receiver/src/languages/typed-events.ts";
import { verifyTenant } from "../../collector-receiver/src/recount/verify-tenant.ts";
import { findPython } from "../../deploy/setup/find-language.ts";
import { findPythonWithPackages } from "../../deploy/setup/obtain-python-packages.ts";
import { spanledgerIn } from "../collector-receiver/cli/run-cli.ts";
import { checkPython } from "../collector-receiver/languages/check-python.ts";
import { sampleAttributes } from "../collector-receiver/languages/sample-attributes.ts";
import { makeFolder, removeFolder } from "../sdk/fresh-folder.ts";
import { describeWith } from "../support/describe-with.ts";
import { startTestReceiver } from "../support/start-test-receiver.ts";

const examples = join(import.meta.dirname, "../../examples");
const config = join(examples, "own-metrics/spanledger.config.ts");

describeWith(
  "the Python example's packages (npm run setup)",
  await findPythonWithPackages(),
  (python) => {
    test("each of Python's functions sends its event, which counts once", async () => {
      const receiver = await startTestReceiver({ SPANLEDGER_CONFIG: config });
      const folder = makeFolder();
      onTestFinished(() => removeFolder(folder));
      const generated = await spanledgerIn(folder, {}, "generate", "python", "--config", config);
      expect([generated.code, generated.stderr]).toEqual([0, ""]);

      const typed = typedEvents(await loadDefinitions(config, new Set()));
      const calls = typed.events.map((event) => ({ name: event.name, data: sampleAttributes(event, typed) }));
      writeFileSync(join(folder, "calls.json"), JSON.stringify(calls));
      const program = `
import json, sys
from business_event_functions import BusinessEventFunctions
from business_events import BusinessEvents
recorder = BusinessEvents("functions-in-python")
functions = BusinessEventFunctions(recorder)
for call in json.load(open("calls.json", encoding="utf-8")):
    getattr(functions, call["name"].replace(".", "_"))(**call["data"])
functions.record_business_event("coupon.redeemed", {"code": "x", "amount": 2.5, "note": None})
recorder.close()`;
      const env = {
        PATH: process.env["PATH"] ?? "",
        PYTHONPATH: [folder, join(examples, "python-fastapi")].join(":"),
        PYTHONDONTWRITEBYTECODE: "1",
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      };
      await promisify(execFile)(python(), ["-c", program], { cwd: folder, env });

      const { rows } = await receiver.database.pool.query<{ name: string; data: object }>(
        "select event_name as name, event_data as data from analytics_events",
      );
      const sent = [...calls, { name: "coupon.redeemed", data: { code: "x", amount: 2.5 } }];
      const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
      expect(rows.toSorted(byName)).toEqual(sent.toSorted(byName));
      expect(await verifyTenant(receiver.database.connectionString, "default")).toMatchObject({
        drifts: 0,
        events: sent.length,
      });
    });

    test("the example passes a check of types", async () => {
      const files = ["business_events.py", "business_event_functions.py", "event_identity.py", "chat.py", "main.py"];
      expect(await checkPython(join(examples, "python-fastapi"), files, python())).toEqual([]);
    });
  },
  (await findPython()).reason,
);
