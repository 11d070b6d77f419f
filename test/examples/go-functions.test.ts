import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { loadDefinitions } from "../../collector-receiver/src/catalogue/load-definitions.ts";
import { typedEvents } from "../../collector-receiver/src/languages/typed-events.ts";
import { goName } from "../../collector-receiver/src/languages/write-go.ts";
import { verifyTenant } from "../../collector-receiver/src/recount/verify-tenant.ts";
import { findGoProduct } from "../../deploy/setup/build-go-product.ts";
import { buildGoProgram } from "../../deploy/setup/build-go-program.ts";
import { findGo } from "../../deploy/setup/find-language.ts";
import { spanledgerIn } from "../collector-receiver/cli/run-cli.ts";
import { checkGo, layOutGoModule } from "../collector-receiver/languages/go-package.ts";
import { sampleAttributes } from "../collector-receiver/languages/sample-attributes.ts";
import { makeFolder, removeFolder } from "../sdk/fresh-folder.ts";
import { describeWith } from "../support/describe-with.ts";
import { startTestReceiver } from "../support/start-test-receiver.ts";

const run = promisify(execFile);
const examples = join(import.meta.dirname, "../../examples");
const config = join(examples, "own-metrics/spanledger.config.ts");

type Typed = ReturnType<typeof typedEvents>;

/** A call in Go of an event's function with these attributes. */
function writeCall({ events, lists }: Typed, name: string, data: Record<string, string | number | boolean>): string {
  const { attributes } = events.find((event) => event.name === name)!;
  const given = attributes.filter((attribute) => attribute.name in data);
  const valueOf = (attribute: (typeof given)[number]): string => {
    const value = JSON.stringify(data[attribute.name]);
    const list = lists.find(({ key }) => key === attribute.list);
    if (list !== undefined) return `businessevents.${goName(list.key)}(${value})`;
    return attribute.type === "double" ? `float64(${value})` : value;
  };
  const required = given.filter((attribute) => attribute.required).map((attribute) => `${valueOf(attribute)}, `);
  const fields = given
    .filter((attribute) => !attribute.required)
    .map((attribute) => `${goName(attribute.name)}: new(${valueOf(attribute)})`);
  const type = goName(name);
  return `must(events.${type}(ctx, ${required.join("")}businessevents.${type}{${fields.join(", ")}}))`;
}

describeWith(
  "the modules of the product in Go (npm run setup)",
  await findGoProduct(),
  () => {
    test("each of Go's functions sends its event, which counts once", async () => {
      const receiver = await startTestReceiver({ SPANLEDGER_CONFIG: config });
      const folder = makeFolder();
      onTestFinished(() => removeFolder(folder));
      const generated = await spanledgerIn(folder, {}, "generate", "go", "--config", config, "--out", folder);
      expect([generated.code, generated.stderr]).toEqual([0, ""]);

      const typed = typedEvents(await loadDefinitions(config, new Set()));
      const calls = typed.events.map((event) => ({ name: event.name, data: sampleAttributes(event, typed) }));
      const sources = layOutGoModule(readFileSync(join(folder, "functions.go"), "utf8"));
      writeFileSync(
        join(sources, "main.go"),
        `package main

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"spanledger.local/go-product/businessevents"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	ctx := context.Background()
	recorder, err := businessevents.Open(ctx, "functions-in-go")
	must(err)
	events := businessevents.New(recorder)
${calls.map(({ name, data }) => `\t${writeCall(typed, name, data)}\n`).join("")}
	must(events.RecordBusinessEvent(ctx, "coupon.redeemed", businessevents.Occurrence{}, attribute.String("code", "x\\xff")))
	must(recorder.Close(ctx))
}
`,
      );
      const program = await buildGoProgram({ name: "go-functions", sources }, () => undefined);
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_TRACES_SAMPLER: "always_off",
        // Would leave no room for the mark.
        OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: "1",
        OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "3",
      };
      await run(program, [], { env });

      const { rows } = await receiver.database.pool.query<{ name: string; data: object }>(
        "select event_name as name, event_data as data from analytics_events",
      );
      // A byte that is not UTF-8 would have made the exporter drop everything.
      const sent = [...calls, { name: "coupon.redeemed", data: { code: "x\ufffd" } }];
      const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
      expect(rows.toSorted(byName)).toEqual(sent.toSorted(byName));
      expect(await verifyTenant(receiver.database.connectionString, "default")).toMatchObject({
        drifts: 0,
        events: sent.length,
      });
      const { rows: versions } = await receiver.database.pool.query(
        "select distinct substr(event_id::text, 15, 1) as version from analytics_events",
      );
      expect(versions).toEqual([{ version: "7" }]);
    });

    test("an event with a key, recorded again, counts once; one without a time for it is refused", async () => {
      const receiver = await startTestReceiver();
      const sources = layOutGoModule(readFileSync(join(examples, "go-product/businessevents/functions.go"), "utf8"));
      writeFileSync(
        join(sources, "main.go"),
        `package main

import (
	"context"
	"fmt"
	"time"

	"spanledger.local/go-product/businessevents"
)

func main() {
	ctx := context.Background()
	recorder, _ := businessevents.Open(ctx, "job")
	events := businessevents.New(recorder)
	occurrence := businessevents.Occurrence{At: time.UnixMilli(${Date.now()}), Key: "ticket-7"}
	for range 3 {
		fmt.Println(events.TicketClosed(ctx, 7, businessevents.TicketClosed{Occurrence: occurrence}))
	}
	fmt.Println(events.TicketClosed(ctx, 7, businessevents.TicketClosed{Occurrence: businessevents.Occurrence{Key: "x"}}))
	old := businessevents.Occurrence{At: time.Unix(-1, 0).UTC()}
	fmt.Println(events.TicketClosed(ctx, 7, businessevents.TicketClosed{Occurrence: old}))
	fmt.Println(recorder.Close(ctx))
}
`,
      );
      const program = await buildGoProgram({ name: "go-job", sources }, () => undefined);
      const { stdout } = await run(program, [], { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
      expect(stdout.trim().split("\n")).toEqual([
        ...["<nil>", "<nil>", "<nil>"],
        "ticket.closed: an event with a key needs Occurrence.At, the time at which it happened",
        "ticket.closed: the time 1969-12-31T23:59:59Z is before 1970, which OTLP cannot carry",
        "<nil>",
      ]);
      const { rows } = await receiver.database.pool.query("select count(*)::int as events from analytics_events");
      expect(rows).toEqual([{ events: 1 }]);
    });

    test("the example passes go vet and is formatted", async () => {
      const folder = join(examples, "go-product");
      expect(await checkGo(folder)).toBe("");
      expect((await run("gofmt", ["-l", folder])).stdout).toBe("");
    });
  },
  (await findGo()).reason,
);
