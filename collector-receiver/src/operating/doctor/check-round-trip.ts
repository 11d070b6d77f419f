import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { Config } from "../../config/config.ts";
import { isHashed } from "../../config/token-digest.ts";
import { isStoredRecently } from "../../storage/events/is-stored-recently.ts";
import type { Result } from "./finding.ts";

/** A whole event through OTLP/JSON, looked for under its own id. */
export async function checkRoundTrip(client: pg.Client, config: Config, otlpUrl: string): Promise<Result> {
  const eventId = randomUUID();
  const started = performance.now();
  const nanoseconds = `${Date.now()}000000`;
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const attributes = [
    text("spanledger.event.id", eventId),
    text("session_id", `doctor-${eventId}`),
    { key: "test", value: { boolValue: true } },
  ];
  const record = { timeUnixNano: nanoseconds, eventName: "session.start", attributes };
  const grant = config.ingestTokens.find(({ token }) => !isHashed(token));
  if (grant === undefined && config.ingestTokens.length > 0) {
    return ["warning", "not tried: INGEST_TOKENS has hashes only, and a hash opens nothing"];
  }
  const resource = [text("service.name", "spanledger-doctor")];
  if (grant !== undefined && grant.tenantIds.length > 1)
    resource.push(text("spanledger.tenant", grant.tenantIds[0] ?? ""));
  const answer = await fetch(new URL("/v1/logs", otlpUrl), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(grant === undefined ? {} : { authorization: `Bearer ${grant.token}` }),
    },
    body: JSON.stringify({
      resourceLogs: [{ resource: { attributes: resource }, scopeLogs: [{ scope: {}, logRecords: [record] }] }],
    }),
    signal: AbortSignal.timeout(10_000),
  });
  if (answer.status !== 200)
    return ["failed", `${otlpUrl} answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`];
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await isStoredRecently(client, eventId)) {
      return [
        "ok",
        `a test event was stored ${Math.round(performance.now() - started)} ms after it was sent; it counts nowhere`,
      ];
    }
    await sleep(100);
  }
  return [
    "failed",
    `${otlpUrl} took a test event, but it is not in this database after 10 s: does it write elsewhere?`,
  ];
}
