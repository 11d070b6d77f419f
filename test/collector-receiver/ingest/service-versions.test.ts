import { describe, expect, test } from "vitest";
import type { GroupCommit } from "../../../collector-receiver/src/ingest/group-commit.ts";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import type { MappingContext } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import type { VersionNote } from "../../../collector-receiver/src/mapping/service-versions.ts";
import { maxVersions, maxVersionsOfDay } from "../../../collector-receiver/src/storage/facts/service-versions.ts";
import { openTestIngest, shareTestIngest } from "../../support/open-test-ingest.ts";
import { uuidV7 } from "../../support/uuid-v7.ts";
import {
  context,
  encodeJson,
  encodeProtobuf,
  eventOf,
  int,
  nanos,
  nowMs,
  spanOf,
  text,
  tracesOf,
  type Attribute,
} from "../mapping/otlp-messages.ts";

const hourMs = 3_600_000;
const version = (value: string): Attribute => text("service.version", value);
const service = (name: string): Attribute => text("service.name", name);

interface Sent {
  readonly resource: Attribute[];
  /** Of the events, in hours before now. */
  readonly hours: readonly number[];
  readonly attributes?: Attribute[];
}

let made = 0;

function messageOf(resources: readonly Sent[]) {
  return {
    resourceSpans: resources.flatMap(({ resource, hours, attributes = [] }) => {
      const events = hours.map((hoursAgo) => {
        const atMs = nowMs - hoursAgo * hourMs;
        const mark = text("spanledger.event.id", uuidV7(atMs, ++made));
        return eventOf("session.start", [mark, text("session_id", `s-${made}`), ...attributes], nanos(atMs));
      });
      return tracesOf([spanOf(events)], undefined, resource).resourceSpans;
    }),
  };
}

function mapped(
  resources: readonly Sent[],
  over: Partial<MappingContext> = {},
  encoding: "json" | "protobuf" = "json",
) {
  const message = messageOf(resources);
  const body = encoding === "json" ? encodeJson(message) : encodeProtobuf("traces", message);
  return mapRequest(body, encoding, "traces", { ...context, ...over });
}

const noted = (notes: readonly VersionNote[] | undefined) =>
  notes?.map(({ serviceName, serviceVersion, firstMs }) => [serviceName, serviceVersion, (nowMs - firstMs) / hourMs]);

describe("mapping", () => {
  test.each(["json", "protobuf"] as const)("notes each version with its earliest event, in %s", (encoding) => {
    const { versions } = mapped(
      [
        { resource: [service("chat"), version("2.0")], hours: [3, 5, 4] },
        { resource: [service("chat"), version("2.1")], hours: [1] },
        { resource: [service("chat"), version("2.0")], hours: [9] },
        { resource: [version("7")], hours: [2] },
        { resource: [service("desk"), int("service.version", 12)], hours: [2] },
        { resource: [service("mail")], hours: [2] },
        { resource: [service("mail"), version("")], hours: [2] },
      ],
      {},
      encoding,
    );
    expect(noted(versions)).toEqual([
      ["chat", "2.0", 9],
      ["chat", "2.1", 1],
      ["", "7", 2],
      ["desk", "12", 2],
    ]);
  });

  test("notes nothing of test conversations, rejected events, and versions that are known at that time", () => {
    const one = [service("chat"), version("2.0")];
    const test = { key: "test", value: { boolValue: true } };
    expect(mapped([{ resource: one, hours: [2], attributes: [test] }]).versions).toBeUndefined();
    const retainedFromMs = () => nowMs;
    expect(mapped([{ resource: one, hours: [2] }], { retainedFromMs }).versions).toBeUndefined();
    const versionsSeen = new Map([["default\nchat\n2.0", nowMs - 5 * hourMs]]);
    expect(mapped([{ resource: one, hours: [2, 5] }], { versionsSeen }).versions).toBeUndefined();
    expect(noted(mapped([{ resource: one, hours: [2, 6] }], { versionsSeen }).versions)).toEqual([["chat", "2.0", 6]]);
  });

  test("notes 20 versions of a request at most, and the others later", () => {
    const many = Array.from({ length: 30 }, (_, i) => ({ resource: [service("chat"), version(`${i}`)], hours: [1] }));
    const { versions = [] } = mapped(many);
    expect(versions).toHaveLength(20);
    const seen = versions.map((note): [string, number] => [`default\nchat\n${note.serviceVersion}`, note.firstMs]);
    expect(mapped(many, { versionsSeen: new Map(seen) }).versions).toHaveLength(10);
  });
});

describe("stored", () => {
  const shared = shareTestIngest();
  let tenants = 0;

  const of = (): Partial<MappingContext> & { readonly tenantId: string } => {
    const tenantId = `versions-${++tenants}`;
    return { tenant: { kind: "fixed", tenantId }, tenantId };
  };
  const send = (ingest: GroupCommit, resources: readonly Sent[], over: Partial<MappingContext>) =>
    ingest.submit(mapped(resources, over), 1000);
  const stored = async (tenantId: string) => {
    const { rows } = await shared.database.pool.query<{ name: string; version: string; first: Date }>(
      `select service_name as name, service_version as version, first_seen as first from analytics_service_versions
       where tenant_id = $1 order by first_seen, service_version`,
      [tenantId],
    );
    return rows.map(({ name, version: said, first }) => [name, said, (nowMs - first.getTime()) / hourMs]);
  };
  const chat = (said: string, ...hours: number[]): Sent => ({ resource: [service("chat"), version(said)], hours });

  test("is the earliest time of each version, in whatever order requests come, and if they come again", async () => {
    const requests = [[chat("1", 30)], [chat("2", 8, 7)], [chat("1", 40), chat("3", 2)], [chat("2", 20), chat("3", 1)]];
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [2, 0, 3, 1],
    ]) {
      const tenant = of();
      for (const place of order) await send(shared.ingest, requests[place]!, tenant);
      for (const place of order) await send(shared.ingest, requests[place]!, tenant);
      expect(await stored(tenant.tenantId)).toEqual([
        ["chat", "1", 40],
        ["chat", "2", 20],
        ["chat", "3", 2],
      ]);
    }
  });

  test("two receivers that get the same versions at the same time agree", async () => {
    const other = openTestIngest(shared.database.connectionString);
    const tenant = of();
    const names = Array.from({ length: 15 }, (_, i) => `v${i}`);
    await Promise.all(
      [shared.ingest, other, shared.ingest, other].map((ingest, turn) =>
        send(
          ingest,
          (turn % 2 === 0 ? names : names.toReversed()).map((name) => chat(name, 10 - turn)),
          tenant,
        ),
      ),
    );
    await other.close();
    expect(await stored(tenant.tenantId)).toEqual(names.toSorted().map((name) => ["chat", name, 10]));
  });

  test("a committed version is not noted again by the same process", async () => {
    const versionsSeen = new Map<string, number>();
    const ingest = openTestIngest(shared.database.connectionString, { versionsSeen });
    const tenant = { ...of(), versionsSeen };
    await send(ingest, [chat("1", 5)], tenant);
    await ingest.close();
    expect(mapped([chat("1", 4)], tenant).versions).toBeUndefined();
    expect(mapped([chat("1", 6)], tenant).versions).toHaveLength(1);
  });

  test("a build id of each request does not grow the table without end, and another tenant's versions stay", async () => {
    const [tenant, other] = [of(), of()];
    await send(shared.ingest, [chat("1", 5)], other);
    for (let turn = 0; turn < 6; turn++) {
      await send(
        shared.ingest,
        Array.from({ length: 20 }, (_, i) => chat(`b${turn}-${i}`, 1)),
        tenant,
      );
    }
    expect(await stored(tenant.tenantId)).toHaveLength(maxVersionsOfDay);
    // What is known gets earlier all the same.
    await send(shared.ingest, [chat("b0-0", 9)], tenant);
    expect((await stored(tenant.tenantId))[0]).toEqual(["chat", "b0-0", 9]);

    await shared.database.pool.query(
      `update analytics_service_versions set recorded_at = now() - interval '2 days' where tenant_id = $1`,
      [tenant.tenantId],
    );
    await shared.database.pool.query(
      `insert into analytics_service_versions select $1, 'chat', 'old-' || i, $2::timestamptz - i * interval '1 day', now() - interval '2 days'
       from generate_series(1, ${maxVersions}) as i`,
      [tenant.tenantId, new Date(nowMs - 48 * hourMs)],
    );
    await send(shared.ingest, [chat("new", 0)], tenant);
    const kept = await stored(tenant.tenantId);
    expect(kept).toHaveLength(maxVersions);
    expect(kept.at(-1)).toEqual(["chat", "new", 0]);
    expect(await stored(other.tenantId)).toEqual([["chat", "1", 5]]);
  });
});
