import { expect, test } from "vitest";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const hour = 3_600_000;
/** Midnight of 1 November 2025 in New York, whose clocks go back a day later. */
const startMs = Date.parse("2025-11-01T04:00:00Z");

test("each hour of the heatmap leads to as many conversations as it counts, also when clocks are changed", async () => {
  const { url } = await startTestReceiver({ BUSINESS_TIMEZONE: "America/New_York" });
  const events = Array.from({ length: 60 }, (_, i) => ({
    name: "session.start",
    attributes: { session_id: `s-${i}` },
    atMs: startMs + Math.floor(i * 1.2) * hour + 60_000,
  }));
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/v1/traces`, { method: "POST", headers, body: tracesWith(events) });
  expect([answer.status, await answer.text()]).toEqual([200, "{}"]);
  const text = async (path: string): Promise<string> => (await fetch(url + path)).text();
  const { hours } = JSON.parse(await text("/api/analytics/hours?month=2025-11"));
  const counted = hours.filter(({ conversations }: { conversations: number }) => conversations > 0);
  // Sunday from 1 to 2 o'clock occurs twice.
  expect(counted).toContainEqual(expect.objectContaining({ weekday: 7, hour: 1, conversations: 2 }));
  const page = await text("/report?month=2025-11&lang=en");
  const links = [...page.matchAll(/href="(\/report\/sessions\?[^"]*weekday=\d&amp;hour=\d+[^"]*)"/g)].map(
    ([, to = ""]) => to.replaceAll("&amp;", "&"),
  );
  expect(links).toHaveLength(counted.length);
  let listed = 0;
  for (const link of links) {
    const query = new URL(link, url).searchParams;
    const [weekday, at] = [Number(query.get("weekday")), Number(query.get("hour"))];
    const rows = (await text(link)).match(/<tr>\s*<th scope="row">/g)?.length ?? 0;
    const csv = (await text(link.replace("sessions?", "sessions.csv?"))).trim().split("\n").length - 1;
    const { conversations } = counted.find((one: any) => one.weekday === weekday && one.hour === at);
    expect({ link, rows, csv }).toEqual({ link, rows: conversations, csv: conversations });
    listed += rows;
  }
  expect(listed).toBe(events.length);
  expect(await text(links[0] as string)).toContain("s from ");
  // Hours that do not exist filter nothing.
  expect((await text("/report/sessions?month=2025-11&weekday=8&hour=1")).match(/<th scope="row">/g)).toHaveLength(60);
});
