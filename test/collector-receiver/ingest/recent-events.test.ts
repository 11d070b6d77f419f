import { randomBytes } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { RecentEvents } from "../../../collector-receiver/src/ingest/recent-events.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { requestOf } from "./arbitrary-events.ts";
import { uuidV7 } from "../../support/uuid-v7.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";

/** Ids as version 7 has them: their last 62 bits are random. */
function makeEvents(count: number): BusinessEvent[] {
  return Array.from({ length: count }, () => {
    const occurredAtMs = Date.UTC(2025, 11, 25, 4);
    const eventId = uuidV7(occurredAtMs, randomBytes(8).toString("hex").slice(1));
    return makeEvent({ name: "acme.event", eventId, occurredAtMs });
  });
}

test("the last 131,072 events are known, others are not, and those of long ago are forgotten", () => {
  const recent = new RecentEvents();
  const [first, others] = [makeEvents(1000), makeEvents(1000)];
  const known = (events: readonly BusinessEvent[]) => events.filter((event) => recent.has(event)).length;
  const addMore = (count: number) => {
    for (let added = 0; added < count; added += 1000) recent.add(makeEvents(1000));
  };
  recent.add(first);
  recent.add(first);
  expect([known(first), known(others)]).toEqual([1000, 0]);
  for (const more of [130_000, 60_000]) {
    addMore(more);
    expect([known(first), known(others)]).toEqual([1000, 0]);
  }
  addMore(140_000);
  expect([known(first), known(others)]).toEqual([0, 0]);
});

test("ids that a sender chose to be alike cost no more than others", () => {
  const alike: readonly ((hex: string) => string)[] = [
    (hex) => `018f0000-0000-7000-${hex.slice(0, 4)}-${hex.slice(4)}00000000`,
    (hex) => `018f0000-0000-7000-${hex.slice(0, 4)}-${hex.slice(4)}${hex}`,
  ];
  for (const idOf of alike) {
    const recent = new RecentEvents();
    // Those of the first kind took 2 s when they all had one place.
    const events = Array.from({ length: 65_536 }, (_, i) =>
      makeEvent({ name: "acme.event", eventId: idOf((i * 0x1_0001 + 1).toString(16).padStart(8, "0")) }),
    );
    const before = process.cpuUsage();
    recent.add(events);
    expect(events.every((event) => recent.has(event))).toBe(true);
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(0.7);
  }
});

test("what a receiver committed itself is looked for before COPY; another one's duplicates fail it once, until they are known", async () => {
  const database = await useTestDatabase();
  await database.pool.query("alter sequence analytics_events_id_seq cache 1");
  const [own, other] = [0, 1].map(() => openTestIngest(database.connectionString, { writers: 1 }));
  if (own === undefined || other === undefined) throw new Error("two are open");
  onTestFinished(async () => void (await Promise.all([own.close(), other.close()])));
  /** A COPY that fails has taken numbers for `id`, which do not come back. */
  const wasted = async (): Promise<number> => {
    const { rows } = await database.pool.query<{ wasted: string }>(
      "select (select last_value from analytics_events_id_seq) - (select count(*) from analytics_events) as wasted",
    );
    return Number(rows[0]?.wasted);
  };
  const submit = async (ingest: typeof own, events: readonly BusinessEvent[], duplicates: number) => {
    const result = await ingest.submit(requestOf([...events]), 1000);
    expect(result).toMatchObject({ inserted: events.length - duplicates, duplicates, refused: [] });
    return wasted();
  };
  const first = makeEvents(20);
  // The tenant is not known yet: the first COPY is in vain.
  const before = await submit(own, first, 0);
  expect(await submit(own, [...first, ...makeEvents(20)], 20)).toBe(before);
  const second = makeEvents(20);
  expect(await submit(other, second, 0)).toBe(before);
  const failed = await submit(own, [...second, ...makeEvents(20)], 20);
  expect(failed).toBeGreaterThan(before);
  // They are known now, and the next batch finds no others: COPY comes first again.
  expect(await submit(own, [...second, ...first, ...makeEvents(20)], 40)).toBe(failed);
  const third = makeEvents(20);
  expect(await submit(other, third, 0)).toBe(failed);
  expect(await submit(own, [...third, ...makeEvents(20)], 20)).toBeGreaterThan(failed);
});
