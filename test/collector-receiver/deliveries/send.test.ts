import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { DeliveryOutcome } from "../../../collector-receiver/src/delivery/message.ts";
import { enqueueDeliveries } from "../../../collector-receiver/src/storage/deliveries/enqueue-deliveries.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { giveUpAfterMs, judgeDelivery } from "../../../collector-receiver/src/upkeep/judge-delivery.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { alertMessage } from "../delivery/sample-messages.ts";
import { enqueue, keyOf, openSender, openSink, startMs, statesIn, webhook } from "./outbox.ts";

const minuteMs = 60_000;
const periods = (count: number): string[] => Array.from({ length: count }, (_, i) => `p${String(i).padStart(3, "0")}`);

test("a target that answers 500 for an hour gets every message afterwards, each once, with its key", async () => {
  const database = await useTestDatabase();
  let nowMs = startMs;
  const isBroken = (): boolean => nowMs < startMs + 60 * minuteMs;
  const sink = await openSink(() => ({ status: isBroken() ? 500 : 200 }));
  const sender = openSender(database, () => nowMs, [webhook(sink.url)]);
  await enqueue(database, periods(7));
  let taken: typeof sink.received = [];
  for (let minute = 0; minute <= 180; minute++) {
    nowMs = startMs + minute * minuteMs;
    const before = sink.received.length;
    await sender.send();
    if (!isBroken()) taken = [...taken, ...sink.received.slice(before)];
  }
  expect(await statesIn(database)).toEqual(periods(7).map(() => "sent"));
  expect(taken).toHaveLength(7);
  const keys = new Set(sink.received.map(keyOf));
  expect(new Set(taken.map(keyOf))).toEqual(keys);
  expect(keys.size).toBe(7);
  // 30 s, 1, 2, 4, 8, 16, 32 and 60 minutes after each other, by the minute.
  const ofOne = sink.received.filter((request) => keyOf(request) === keyOf(taken[0]!));
  expect(ofOne).toHaveLength(8);
  expect(sender.alarms).toEqual([]);
});

test("a message is given up after three days, with an alarm, and what a target refuses at once", async () => {
  const database = await useTestDatabase();
  let nowMs = startMs;
  const sink = await openSink(({ body }) => ({ status: body.includes("p001") ? 422 : 503 }));
  const sender = openSender(database, () => nowMs, [webhook(sink.url)]);
  await enqueue(database, periods(2));
  await sender.send();
  expect(await statesIn(database)).toEqual(["waiting", "given_up"]);
  expect(sender.alarms).toEqual(["delivery_given_up"]);
  for (; nowMs < startMs + giveUpAfterMs; nowMs += 60 * minuteMs) {
    await sender.send();
    expect((await statesIn(database))[0]).toBe("waiting");
  }
  nowMs += 2 * 60 * minuteMs;
  await sender.send();
  expect(await statesIn(database)).toEqual(["given_up", "given_up"]);
  expect(sender.alarms).toEqual(["delivery_given_up", "delivery_given_up"]);
  const asked = sink.received.length;
  nowMs += giveUpAfterMs;
  await sender.send();
  expect(sink.received).toHaveLength(asked);
  const { rows } = await database.pool.query("select last_error from analytics_deliveries order by period");
  expect(rows.map(({ last_error: error }) => error)).toEqual(["The target answered 503.", "The target answered 422."]);
});

test("two senders at once send each message once", async () => {
  const database = await useTestDatabase();
  const sink = await openSink();
  const senders = [1, 2, 3].map(() => openSender(database, () => startMs, [webhook(sink.url)]));
  await enqueue(database, periods(90));
  // One may find the other at it, and leave the rest to the next round.
  for (let round = 0; round < 40 && (await statesIn(database)).includes("waiting"); round++) {
    await Promise.all(senders.map((sender) => sender.send()));
  }
  expect(await statesIn(database)).toEqual(periods(90).map(() => "sent"));
  expect(sink.received).toHaveLength(90);
  expect(new Set(sink.received.map(keyOf)).size).toBe(90);
});

test("a sender that is killed while the target has the message leaves it to the next, with the same key", async () => {
  const database = await useTestDatabase();
  await enqueue(database, periods(1));
  const reached = Promise.withResolvers<void>();
  let isAlive = true;
  const sink = await openSink(() => {
    if (!isAlive) return {};
    reached.resolve();
    return "never";
  });
  const child = spawn(
    process.execPath,
    [
      "--conditions=spanledger-source",
      fileURLToPath(new URL("killed-sender.ts", import.meta.url)),
      database.connectionString,
      sink.url,
    ],
    { stdio: "ignore" },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  await reached.promise;
  child.kill("SIGKILL");
  await once(child, "exit");
  isAlive = false;
  let nowMs = startMs;
  const sender = openSender(database, () => nowMs, [webhook(sink.url)]);
  // The claim of the killed one holds for two minutes.
  await sender.send();
  expect(sink.received).toHaveLength(1);
  nowMs += 2 * minuteMs;
  await sender.send();
  expect(await statesIn(database)).toEqual(["sent"]);
  expect(sink.received.map(keyOf)).toEqual([keyOf(sink.received[0]!), keyOf(sink.received[0]!)]);
});

test("a sender whose claim is over does not say what became of the message", async () => {
  const database = await useTestDatabase();
  await enqueue(database, periods(1));
  let nowMs = startMs;
  const hanging = Promise.withResolvers<DeliveryOutcome>();
  const asked = Promise.withResolvers<void>();
  const slow = openSender(
    database,
    () => startMs,
    [webhook("http://127.0.0.1:1")],
    () => {
      asked.resolve();
      return hanging.promise;
    },
  );
  const sending = slow.send();
  await asked.promise;
  nowMs += 3 * minuteMs;
  const quick = openSender(
    database,
    () => nowMs,
    [webhook("http://127.0.0.1:1")],
    () => Promise.resolve({ outcome: "retry", reason: "The target answered 503." }),
  );
  await quick.send();
  hanging.resolve({ outcome: "refused", reason: "The target answered 400." });
  await sending;
  expect(await statesIn(database)).toEqual(["waiting"]);
  expect(slow.alarms).toEqual([]);
});

test("a target that hangs keeps four of its messages, and the others' are sent beside them", async () => {
  const database = await useTestDatabase();
  await enqueue(database, periods(40), ["hangs"]);
  await enqueue(database, periods(3), ["ops"]);
  const sent: string[] = [];
  const hanging = Promise.withResolvers<DeliveryOutcome>();
  const sender = openSender(
    database,
    () => startMs,
    [webhook("http://127.0.0.1:1", "hangs"), webhook("http://127.0.0.1:1")],
    (target) => {
      sent.push(target.name);
      if (sent.filter((name) => name === "ops").length === 3) hanging.resolve({ outcome: "retry", reason: "It hung." });
      return target.name === "ops" ? Promise.resolve({ outcome: "sent" }) : hanging.promise;
    },
  );
  await sender.send();
  expect(sent.slice(0, 7).toSorted()).toEqual(["hangs", "hangs", "hangs", "hangs", "ops", "ops", "ops"]);
});

test("a target that this receiver's config lacks, or that is another tenant's, is waited for and named", async () => {
  const database = await useTestDatabase();
  await enqueue(database, periods(1), ["ops", "theirs"]);
  const theirs = { ...webhook("http://127.0.0.1:1", "theirs"), tenants: ["other"] };
  const sender = openSender(
    database,
    () => startMs,
    [theirs],
    () => expect.unreachable("nothing may be sent"),
  );
  await sender.send();
  expect(await statesIn(database)).toEqual(["waiting", "waiting"]);
  const { rows } = await database.pool.query("select last_error from analytics_deliveries order by target");
  expect(rows[1].last_error).toBe('This receiver\'s spanledger.config has no target "theirs" for "default".');
});

test("a target that asks for more time gets it, and no less than the back-off", () => {
  const retry = (attempts: number, afterMs?: number) =>
    judgeDelivery(
      { attempts, createdAtMs: startMs },
      { outcome: "retry", reason: "busy", ...(afterMs === undefined ? {} : { afterMs }) },
      startMs,
    );
  expect(retry(1)).toMatchObject({ state: "waiting", untilMs: startMs + 30_000 });
  expect(retry(2, 10_000)).toMatchObject({ untilMs: startMs + 60_000 });
  expect(retry(1, 600_000)).toMatchObject({ untilMs: startMs + 600_000 });
  expect(retry(1000)).toMatchObject({ untilMs: startMs + 3_600_000 });
});

test("messages of one alert reach a target in order: what is resolved waits for what fired, and for nothing else", async () => {
  const database = await useTestDatabase();
  const client = await openWriterConnection(database.connectionString);
  onTestFinished(() => client.end());
  // Two of them at the same moment, as days are judged one after the other.
  for (const [rule, period, minute] of [
    ["resolution", "2026-11-28 firing", 0],
    ["resolution", "2026-11-28 resolved", 5],
    ["resolution", "2026-11-29 firing", 5],
    ["traffic", "2026-11-29 firing", 5],
  ] as const) {
    await enqueueDeliveries(client, {
      tenantId: "default",
      kind: "alert",
      rule,
      period,
      targets: ["ops", "boss"],
      message: { ...alertMessage, tenantId: "default", title: `${rule} ${period}` },
      nowMs: startMs + minute * minuteMs,
    });
  }
  let nowMs = startMs + 5 * minuteMs;
  let isBroken = true;
  const taken: string[] = [];
  const tried: string[] = [];
  const sender = openSender(
    database,
    () => nowMs,
    [webhook("http://127.0.0.1:1"), webhook("http://127.0.0.1:1", "boss")],
    ({ name }, { title }) => {
      if (name === "boss") return Promise.resolve({ outcome: "sent" });
      tried.push(title);
      if (isBroken && title === "resolution 2026-11-28 firing") {
        return Promise.resolve({ outcome: "retry", reason: "The target answered 503." });
      }
      taken.push(title);
      return Promise.resolve({ outcome: "sent" });
    },
  );
  await sender.send();
  expect(tried.toSorted()).toEqual(["resolution 2026-11-28 firing", "traffic 2026-11-29 firing"]);
  isBroken = false;
  nowMs += minuteMs;
  await sender.send();
  expect(taken).toEqual([
    "traffic 2026-11-29 firing",
    "resolution 2026-11-28 firing",
    "resolution 2026-11-28 resolved",
    "resolution 2026-11-29 firing",
  ]);
  expect(await statesIn(database)).toEqual(Array.from({ length: 8 }, () => "sent"));
});

test("the link that opens a report's shared copy is kept until the report is sent, and no longer", async () => {
  const database = await useTestDatabase();
  const client = await openWriterConnection(database.connectionString);
  onTestFinished(() => client.end());
  for (const [kind, target] of [
    ["report", "ops"],
    ["report", "boss"],
    ["alert", "ops"],
  ] as const) {
    await enqueueDeliveries(client, {
      tenantId: "default",
      kind,
      rule: "weekly",
      period: "2026-W48",
      targets: [target],
      message: { ...alertMessage, kind, link: `https://reports.example/${kind}` },
      nowMs: startMs,
    });
  }
  const given: string[] = [];
  const sender = openSender(
    database,
    () => startMs,
    [webhook("http://127.0.0.1:1"), webhook("http://127.0.0.1:1", "boss")],
    ({ name }, { link }) => {
      given.push(link ?? "none");
      return Promise.resolve(name === "ops" ? { outcome: "sent" } : { outcome: "retry", reason: "It is closed." });
    },
  );
  await sender.send();
  expect(given.toSorted()).toEqual(["alert", "report", "report"].map((kind) => `https://reports.example/${kind}`));
  const { rows } = await database.pool.query(
    "select kind, target, message ->> 'link' as link, message ->> 'title' as title from analytics_deliveries order by kind, target",
  );
  const { title } = alertMessage;
  expect(rows).toEqual([
    { kind: "alert", target: "ops", link: "https://reports.example/alert", title },
    { kind: "report", target: "boss", link: "https://reports.example/report", title },
    { kind: "report", target: "ops", link: null, title },
  ]);
});
