/** Each program of docs/without-the-sdk is run as it stands there, and its event arrives. */
import { execFile } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { buildGoProgram } from "../../deploy/setup/build-go-program.ts";
import { findGo } from "../../deploy/setup/find-language.ts";
import { findJavaPackages, missingForJava } from "../../deploy/setup/obtain-java-packages.ts";
import { findPythonWithPackages } from "../../deploy/setup/obtain-python-packages.ts";
import { findGoSender } from "../../deploy/setup/senders.ts";
import { makeFolder, removeFolder } from "../sdk/fresh-folder.ts";
import { describeWith } from "../support/describe-with.ts";
import { startTestReceiver } from "../support/start-test-receiver.ts";

const run = promisify(execFile);
const docs = join(import.meta.dirname, "../../docs/without-the-sdk");
const mostMs = 120_000;

/** The page's only program, in a folder of its own. */
function layOut(page: string, file: string): string {
  const programs = [...readFileSync(join(docs, page), "utf8").matchAll(/^```\w+\n(.*?)^```$/gms)];
  expect(programs).toHaveLength(1);
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  writeFileSync(join(folder, file), programs[0]![1]!);
  return folder;
}

async function storedBy(program: string, args: readonly string[]): Promise<unknown[]> {
  const receiver = await startTestReceiver();
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  await run(program, [...args], { env, timeout: mostMs });
  const { rows } = await receiver.database.pool.query(
    "select event_name, service_name, event_data, substr(event_id::text, 15, 1) as version from analytics_events order by id",
  );
  return rows;
}

const eventOf = (service: string, data: object = { session_id: "s-1", channel: "web" }) => ({
  event_name: "session.start",
  service_name: service,
  event_data: data,
  version: "4",
});

async function expectEvent(program: string, args: readonly string[], service: string): Promise<void> {
  expect(await storedBy(program, args)).toEqual([eventOf(service)]);
}

describeWith("OpenTelemetry Python (npm run setup)", await findPythonWithPackages(), (python) => {
  test("python.md", () => expectEvent(python(), [join(layOut("python.md", "page.py"), "page.py")], "shop"), mostMs);
});

describeWith(
  "OpenTelemetry Java (npm run setup)",
  await findJavaPackages(),
  (jars) => {
    test(
      "java.md",
      () => {
        const file = join(layOut("java.md", "BusinessEvents.java"), "BusinessEvents.java");
        return expectEvent("java", ["-cp", join(jars(), "*"), file], "shop");
      },
      mostMs,
    );
  },
  await missingForJava(),
);

describeWith(
  "OpenTelemetry Go (npm run setup)",
  await findGoSender(),
  () => {
    test(
      "go.md",
      async () => {
        const sources = layOut("go.md", "main.go");
        for (const file of ["go.mod", "go.sum"])
          copyFileSync(join(import.meta.dirname, "go", file), join(sources, file));
        await expectEvent(await buildGoProgram({ name: "go-page", sources }, () => undefined), [], "shop");
      },
      mostMs,
    );
  },
  (await findGo()).reason,
);

test(
  "browser.md",
  async () => {
    const file = join(layOut("browser.md", "page.mjs"), "page.mjs");
    // What a page would have set before.
    const set = "globalThis.businessEventsEndpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT;\n";
    const odd = { session_id: "s-2", n: 3, big: 1e21, text: "你好", yes: false };
    const lacking = "channel: undefined, user_id: null, nan: NaN, wide: 2n ** 64n";
    const more = `await record("session.start", { ...${JSON.stringify(odd)}, ${lacking} });\n`;
    writeFileSync(file, set + readFileSync(file, "utf8") + more);
    const wide = String(2n ** 64n);
    expect(await storedBy(process.execPath, [file])).toEqual([
      eventOf("shop-web"),
      eventOf("shop-web", { ...odd, nan: "NaN", wide }),
    ]);
  },
  mostMs,
);
