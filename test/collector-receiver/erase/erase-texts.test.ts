import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import type { Pool } from "pg";
import { expect, test } from "vitest";
import { Censor } from "../../../collector-receiver/src/erase/censor.ts";
import { censorEvent, censorPriceWord, censorWord } from "../../../collector-receiver/src/erase/censor-events.ts";
import { payloadNamesPerson } from "../../../collector-receiver/src/erase/payload-names-person.ts";
import { messageField, textAttribute } from "../../../collector-receiver/src/bytes/write-protobuf.ts";
import { priceWordOf } from "../../../collector-receiver/src/metrics/ai-calls.ts";
import { foldValue } from "../../../collector-receiver/src/metrics/attribute-counters.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { censoredColumns } from "../../../collector-receiver/src/storage/erase/censor-columns.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { sealBefore } from "../../support/seal-before.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { spanledger } from "../cli/run-cli.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

function anyValue(value: Json): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "number") return { intValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (value === null) return {};
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: Object.entries(value).map(([key, inner]) => ({ key, value: anyValue(inner) })) } };
}

/** Log records of one service, each marked as a business event. */
function logs(
  serviceName: string,
  events: readonly { name: string; attributes: Record<string, Json>; atMs: number }[],
) {
  return JSON.stringify({
    resourceLogs: [
      {
        resource: {
          attributes: [
            { key: "service.name", value: { stringValue: serviceName } },
            { key: "service.version", value: { stringValue: `1.4 ${serviceName}` } },
          ],
        },
        scopeLogs: [
          {
            scope: {},
            logRecords: events.map(({ name, attributes, atMs }) => ({
              timeUnixNano: `${atMs}000000`,
              eventName: name,
              attributes: Object.entries({ "spanledger.event.id": randomUUID(), ...attributes }).map(
                ([key, value]) => ({
                  key,
                  value: anyValue(value),
                }),
              ),
            })),
          },
        ],
      },
    ],
  });
}

/** Every value of every table as text, as a dump of the database has it; bytes as the text that they are. */
async function dump(pool: Pool): Promise<Map<string, string>> {
  const { rows: columns } = await pool.query<{ table_name: string; column_name: string; data_type: string }>(
    `select c.table_name, c.column_name, c.data_type from information_schema.columns c
     join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE' order by 1, 2`,
  );
  const texts = new Map<string, string>();
  for (const { table_name, column_name, data_type } of columns) {
    const value = data_type === "bytea" ? `"${column_name}"` : `"${column_name}"::text`;
    const { rows } = await pool.query<{ value: string | Buffer | null }>(
      `select ${value} as value from "${table_name}"`,
    );
    texts.set(`${table_name}.${column_name}`, rows.map((row) => row.value?.toString() ?? "").join("\n"));
  }
  return texts;
}

const atMs = Date.UTC(2026, 2, 10, 4);

test.each([
  ["anna.meier@example.com", "anna.meier@example.community"],
  ["u_471199", "u_4711990"],
  ["u-471199", "u-471199-2"],
  ["客户安娜", "客户安娜二"],
  ['o"brien\\seven', 'o"brien\\seventh'],
])("after erase --user %s a dump of the database does not hold the id, and %s stays", async (id, neighbour) => {
  const { url, database } = await startTestReceiver();
  // The channel is that of the first start.
  const about = (text: string, agent_id: number) => [
    {
      name: "session.start",
      attributes: { session_id: "s-own", user_id: text, channel: `via ${text}` },
      atMs: atMs - agent_id,
    },
    // The customer is who was named last.
    { name: "session.message", attributes: { session_id: "s-own", user_id: text }, atMs: atMs + agent_id },
    { name: "session.start", attributes: { session_id: "s-other", channel: `for ${text}` }, atMs: atMs - agent_id },
    { name: "session.escalate", attributes: { session_id: "s-other", reason: `${text} left` }, atMs: atMs - agent_id },
    {
      name: "session.escalate",
      attributes: { session_id: "s-third", reason: `${text} 12 left` },
      atMs: atMs - agent_id,
    },
    {
      name: "agent.session_message",
      attributes: {
        agent_id,
        session_id: "s-other",
        customer: text,
        list: ["a", [text, { [text]: `ask for ${text}, please` }], 5],
        [text]: true,
      },
      atMs: atMs - agent_id,
    },
    // One is the person's own; of the others, texts are counted by their beginning.
    ...["s-own", "s-other"].map((session_id) => ({
      name: "ai.call",
      attributes: { session_id, model: `gpt of  ${text}`, provider: text, service_tier: `${"x".repeat(60)} ${text}` },
      atMs: atMs - agent_id,
    })),
    { name: `seen.${text}`, attributes: { place: "shop" }, atMs: atMs - agent_id },
    { name: "agent.login", attributes: { agent_id, agent_name: `Agent of ${text}` }, atMs: atMs - agent_id },
    { name: "query.order", attributes: { session_id: "s-other", success: `no, says ${text}` }, atMs: atMs - agent_id },
  ];
  for (const [index, text] of [neighbour, id].entries()) {
    const answer = await fetch(`${url}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: logs(`bot-${text}`, about(text, index)),
    });
    expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedLogRecords: "1" } });
  }
  const escaped = (text: string) => text.replaceAll('"', "&quot;");
  for (const text of [neighbour, id]) {
    const hash = randomBytes(32);
    await database.pool.query(
      `insert into analytics_report_shares (tenant_id, token_hash, month, page_zh, page_en, expires_at)
       values ('default', $1, '2026-03', $2, 'page', now() + interval '1 day')`,
      [hash, `<td>${escaped(text)}</td>`],
    );
    await database.pool.query(
      `insert into analytics_report_share_files (tenant_id, token_hash, locale, name, content) values ('default', $1, 'en', 'report.csv', $2)`,
      [hash, Buffer.from(text)],
    );
  }
  const json = (text: string) => JSON.stringify(text).slice(1, -1);
  const holding = async (text: string) => {
    const forms = [...new Set([text, json(text), escaped(text)])];
    return [...(await dump(database.pool))]
      .filter(([, stored]) =>
        forms.some((form) =>
          stored
            .replaceAll(json(neighbour), "")
            .replaceAll(neighbour, "")
            .replaceAll(escaped(neighbour), "")
            .includes(form),
        ),
      )
      .map(([column]) => column);
  };
  const before = await holding(id);
  expect(before).toEqual(
    expect.arrayContaining([
      "analytics_agent_metrics.agent_name",
      "analytics_ai_tokens.model",
      "analytics_ai_tokens.provider",
      "analytics_customers.user_id",
      "analytics_event_counts.event_name",
      "analytics_events.event_data",
      "analytics_events.event_name",
      "analytics_events.service_name",
      "analytics_rejected_events.payload",
      "analytics_rejected_events.reason",
      "analytics_service_versions.service_name",
      "analytics_service_versions.service_version",
      "analytics_report_share_files.content",
      "analytics_report_shares.page_zh",
      "analytics_sessions.channel",
      "analytics_sessions.user_id",
    ]),
  );
  const environment = { DATABASE_URL: database.connectionString };
  const dry = await spanledger(environment, "erase", "--user", id, "--dry-run");
  expect(dry).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("1 shared copies that name it would be revoked"),
  });
  expect(await holding(id)).toEqual(before);
  const erased = await spanledger(environment, "erase", "--user", id, "--json");
  expect(JSON.parse(erased.stdout)).toMatchObject({ sessions: 1, rejectedEvents: 1, texts: { shares: 1, left: [] } });
  expect(await holding(id)).toEqual([]);
  expect((await verifyTenant(database.connectionString, "default")).firstDrifts).toEqual([]);
  // The neighbour is another person.
  const { rows } = await database.pool.query("select count(*)::int as n from analytics_sessions where user_id = $1", [
    neighbour,
  ]);
  expect(rows[0].n).toBeLessThanOrEqual(1);
  const kept = await dump(database.pool);
  for (const column of ["analytics_report_shares.page_zh", "analytics_rejected_events.payload"]) {
    expect(
      [neighbour, json(neighbour), escaped(neighbour)].some((form) => kept.get(column)?.includes(form)),
      column,
    ).toBe(true);
  }
});

test("counted words of sealed months lose the id too, and none is lost", async () => {
  const { url, database } = await startTestReceiver();
  const send = (name: string, reason: string) =>
    fetch(`${url}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: logs("bot", [{ name, attributes: { session_id: randomUUID(), reason }, atMs }]),
    });
  for (const reason of ["annamaria asked", "annamaria asked", "erased asked", "billing"]) {
    expect((await send("session.escalate", reason)).status).toBe(200);
  }
  const client = await openWriterConnection(database.connectionString);
  await sealBefore(client, "default", Date.UTC(2026, 3, 1) - 8 * 3_600_000);
  await client.end();
  await database.pool.query("delete from analytics_events");
  await spanledger({ DATABASE_URL: database.connectionString }, "erase", "--user", "annamaria");
  const { rows } = await database.pool.query(
    "select value, events::int from analytics_attribute_counts where attribute = 'reason' order by value",
  );
  expect(rows).toEqual([
    { value: "billing", events: 1 },
    { value: "erased asked", events: 3 },
  ]);
});

test("a product that names somebody loses the id in rows, facts and segments, and counts as before", async () => {
  const { url, database } = await startTestReceiver();
  const start = async (service: string, month: number, sessionId: string = randomUUID()): Promise<void> => {
    const answer = await fetch(`${url}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: logs(service, [
        {
          name: "session.start",
          attributes: { session_id: sessionId, channel: "web" },
          atMs: Date.UTC(2026, month, 15),
        },
      ]),
    });
    expect(answer.status).toBe(200);
  };
  const services = ["shop of annamaria", "shop of annamaria", "shop of erased", "annamaria-2", "bot 7"];
  for (const month of [2, 3]) for (const service of services) await start(service, month);
  const client = await openWriterConnection(database.connectionString);
  await sealBefore(client, "default", Date.UTC(2026, 3, 1) - 8 * 3_600_000);
  await client.end();
  await database.pool.query("delete from analytics_events where occurred_at < '2026-04-01'");
  expect(await spanledger({ DATABASE_URL: database.connectionString }, "erase", "--user", "annamaria")).toMatchObject({
    code: 0,
  });
  const { rows } = await database.pool.query(
    `select day::text, value, total_sessions::int as sessions from analytics_segment_counters
     where dimension = 'product' order by day, value collate "C"`,
  );
  const products = [
    { value: "bot #", sessions: 1 },
    // Digits are gone: this may have been anybody's.
    { value: "erased-#", sessions: 1 },
    { value: "shop of erased", sessions: 3 },
  ];
  expect(rows).toEqual(["2026-03-15", "2026-04-15"].flatMap((day) => products.map((of) => ({ day, ...of }))));
  expect(await verifyTenant(database.connectionString, "default")).toMatchObject({ drifts: 0, firstDrifts: [] });
  const { rows: facts } = await database.pool.query(
    "select count(*)::int as n from analytics_sessions where segments like '%of annamaria%' or prev_segments like '%of annamaria%'",
  );
  expect(facts).toEqual([{ n: 0 }]);
});

test("a row and its counter lose the id in the same way, whatever the words are", () => {
  const words = fc.array(fc.constantFrom("anna", "anna-2", "Anna", "7", "left", "  ", "anna7", "x".repeat(36)), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(words, fc.constantFrom("anna", "anna-2", "left"), (parts, id) => {
      const censor = new Censor(id, null);
      const word = foldValue(parts.join(" "));
      const censored = censorWord(censor, word);
      // What is stored afterwards is counted under the word that the counter got.
      expect(foldValue(censored)).toBe(censored);
      expect(censor.finds(censored)).toBe(false);
    }),
  );
});

test("a call and its counter lose the id in the same way, however long a model's name is", () => {
  const words = fc.array(fc.constantFrom("anna", "anna-2", "Anna", "ft:anna:x", "left", "  ", "\n", "x".repeat(30)), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(words, fc.constantFrom("anna", "anna-2", "left"), (parts, id) => {
      const censor = new Censor(id, null);
      const text = parts.join(" ");
      const call = {
        eventId: "",
        name: "ai.call",
        occurredAtMs: 0,
        sessionId: null,
        ticketId: null,
        serviceName: null,
        customer: null,
      };
      const { data } = censorEvent(censor, { ...call, data: { model: text, note: text } });
      const counted = censorPriceWord(censor, priceWordOf(text));
      expect(priceWordOf(data["model"])).toBe(counted);
      expect(priceWordOf(counted)).toBe(counted);
      expect(censor.finds(data["model"] as string)).toBe(false);
    }),
  );
});

test("an id is found within a protobuf text of any length, and not in a longer id", () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(200), fc.constantFrom("", "-2", "x"), (before, after, tail) => {
      const text = `${before > 0 ? `${"v".repeat(before)} ` : ""}annamaria${tail}${after > 0 ? ` ${"n".repeat(after)}` : ""}`;
      const payload = messageField(1, messageField(2, textAttribute(6, "note", text)));
      const found = payloadNamesPerson(payload, "application/x-protobuf", [], new Censor("annamaria", null));
      expect(found).toBe(tail === "");
    }),
  );
});

/** Columns of text that an erasure changes by other means, or that hold no person's text. */
const handledElsewhere = [
  /^analytics_events\./,
  /^analytics_sessions\.(session_id|user_id|prev_user_id)$/,
  /^analytics_customers\.user_id$/,
  /^analytics_custom_sessions\.session_id$/,
  /^analytics_agent_states\.kind$/,
  // Emptied with the reject.
  /^analytics_rejected_events\.payload$/,
  // Deleted with the event.
  /^analytics_waiting_events\.payload$/,
  /^analytics_sender_clocks\.service_name$/,
  // Deleted.
  /^analytics_service_versions\.service_(name|version)$/,
  // Revoked and emptied.
  /^analytics_report_share(s|_files)\./,
  // Said to be left.
  /^analytics_audit\./,
  /^analytics_settings\.custom_definitions/,
  // What the tenant itself is called.
  /^analytics_settings\.(display_name|logo)$/,
  // The time and id of an event, or the hash of a rejected one.
  /^analytics_data_quality\.example/,
  // Numbers by the names of their counters.
  /^analytics_settled_months\./,
  // Channel, product, and names from definitions.
  /^analytics_segment_counters\.dimension$/,
  // What the operator writes of prices.
  /^analytics_model_prices\./,
  // What the operator wants and is told: figures and names of metrics, never of people.
  /^analytics_(alerts|deliveries|goals|report_schedules)\./,
  // What this Node knows of clocks.
  /^analytics_timezones\./,
  // Names from definitions, closed lists, hashes and ids of ours.
  /\.(tenant_id|metric|group_value|attribute|code|signal|payload_type|content_hash|counting_hash|period_type|period_value|state|kind|timezone|currency|working_hours|source_id)$/,
];

test("every column that holds text is censored, or it is said why not", async () => {
  const { pool } = await useTestDatabase();
  const { rows } = await pool.query<{ name: string }>(
    `select c.table_name || '.' || c.column_name as name from information_schema.columns c
     join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.table_name like 'analytics\\_%'
       and c.table_name !~ '^analytics_events_\\d' and c.data_type in ('text', 'character varying', 'jsonb', 'json', 'bytea')`,
  );
  const censored = censoredColumns.map(({ table, column }) => `${table}.${column}`);
  const forgotten = rows
    .map(({ name }) => name)
    .filter((name) => !censored.includes(name) && !handledElsewhere.some((pattern) => pattern.test(name)));
  expect(forgotten).toEqual([]);
});
