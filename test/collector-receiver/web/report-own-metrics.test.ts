import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { freezeReport } from "../../../collector-receiver/src/web/share/freeze-report.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const definitions = fileURLToPath(new URL("../../../examples/own-metrics/every-kind.config.ts", import.meta.url));

test("a product's own metrics are on the page, in CSV and PDF, and in no shared copy", async () => {
  const receiver = await startTestReceiver({ SPANLEDGER_CONFIG: definitions });
  const atMs = Date.UTC(2025, 11, 5, 4);
  const bookings = ["web", "web", "phone"].map((channel, i) => ({
    name: "booking.confirmed",
    attributes: { guests: 2 + i, channel, deposit: 20.5 },
    atMs: atMs + i,
  }));
  const answer = await fetch(`${receiver.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    // The mark of a business event is what makes a name of one's own ours.
    body: tracesWith(
      bookings.map((event, i) => ({
        ...event,
        attributes: { ...event.attributes, "spanledger.event.id": `0193a000-0000-7000-8000-00000000000${i}` },
      })),
    ),
  });
  expect(answer.status).toBe(200);
  const get = async (path: string): Promise<string> => {
    const response = await fetch(receiver.url + path);
    expect(response.status).toBe(200);
    return response.text();
  };
  const document: any = JSON.parse(await get("/api/analytics/custom?month=2025-12&lang=en"));
  const guests = document.metrics.find(({ key }: any) => key === "guests");
  expect(guests).toMatchObject({ value: 9, formatted: "9" });

  const report = await get("/report?month=2025-12&lang=en");
  const csv = (await get("/report.csv?month=2025-12&lang=en")).split("\r\n");
  for (const figure of document.metrics) {
    const card = new RegExp(`<article[^>]*id="own-${figure.key}">[\\s\\S]*?</article>`).exec(report)?.[0] ?? "";
    expect(card).toContain(`>${figure.formatted}<`);
    expect(card).toContain(`<code>${figure.key}</code>`);
    expect(csv.some((one) => one.startsWith(`2025-12,${figure.key},,${figure.value ?? ""},`))).toBe(true);
    for (const group of figure.groups) {
      const start = `2025-12,${figure.key},${figure.group_by}=${group.group},${group.value ?? ""},`;
      expect(csv.some((one) => one.startsWith(start))).toBe(true);
    }
  }
  expect(csv.some((line) => line.includes(",channel=web,2,"))).toBe(true);
  const withOwn = (await get("/report.pdf?month=2025-12&lang=en")).length;
  expect(withOwn).toBeGreaterThan(20_000);

  const frozen = await freezeReport(
    { pool: receiver.database.pool, now: Date.now },
    "default",
    { month: "2025-12" },
    {
      least: 2,
      expiresAt: new Date(Date.now() + 86_400_000),
      sampleData: false,
    },
  );
  const texts = frozen.files.filter(({ name }) => !name.endsWith(".png")).map(({ content }) => content.toString());
  for (const text of [frozen.pages.en, ...texts]) expect(text).not.toContain("Bookings");
});
