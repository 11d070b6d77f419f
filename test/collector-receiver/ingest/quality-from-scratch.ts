import type pg from "pg";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { countedEvents } from "./count-from-scratch.ts";
import { localDay } from "./days-from-scratch.ts";
import { contradictedHours, ticketsFromScratch } from "./tickets-from-scratch.ts";

/** Words of `arbitraryEvents` that no list knows, by event and attribute, as the ledger writes them. */
const unknownWords: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {
  "session.start": { channel: { "Kakao 7": "Kakao #" } },
  "session.message": { role: { dragon: "dragon" } },
  "session.end": { reason: { bored: "bored" } },
  "agent.status_change": { from_status: { nap: "nap" }, to_status: { "lunch break": "lunch break" } },
  "ticket.status_changed": { to_status: { parked: "parked" } },
};
const placeholders = new Set(["null", " Anonymous ", ""]);
/** `idKind` of an id that we derived. */
const derived = 2;

/** The ledger of data quality in the plainest way; keys are `tenant|day|code|attribute|detail|event`. */
export function qualityFromScratch(events: readonly BusinessEvent[], timezone: string): Record<string, number> {
  const ledger: Record<string, number> = {};
  for (const event of countedEvents(events)) {
    const { attributes: data, name } = event;
    const add = (code: string, attribute: string, detail: string): void => {
      const key = [event.tenantId, localDay(event.occurredAtMs, timezone), code, attribute, detail, name].join("|");
      ledger[key] = (ledger[key] ?? 0) + 1;
    };
    if (event.idKind === derived) add("derived_id", "", "");
    for (const [attribute, { code, undeclared }] of Object.entries(event.invalid ?? {})) {
      add(code, undeclared === true ? "other" : attribute, "");
    }
    for (const [attribute, words] of Object.entries(unknownWords[name] ?? {})) {
      const word = words[String(data[attribute])];
      if (word !== undefined) add("unknown_word", attribute, word);
    }
    const isOfChatbot = name.startsWith("session.") || name.startsWith("query.");
    if (isOfChatbot && placeholders.has(data["user_id"] as string)) add("placeholder", "user_id", "");
    if (name === "session.message" && Number(data["first_token_ms"]) > Number(data["response_time_ms"])) {
      add("contradicting_durations", "first_token_ms", "");
    }
    const cached = Number(data["cached_input_tokens"] ?? 0) + Number(data["cache_write_tokens"] ?? 0);
    if (name === "ai.call" && cached > Number(data["input_tokens"] ?? 0)) {
      add("cache_unclear", "cached_input_tokens", "");
    }
    const says = { resolved: true, 已解决: true, " Failed": false }[String(data["reason"])];
    if (name === "session.end" && data["resolved"] !== undefined && says === !(data["resolved"] as boolean)) {
      add("contradicting_end", "resolved", "");
    }
  }
  for (const { tenantId, day, closedBy } of ticketsFromScratch(events, timezone).closedAgain) {
    const key = [tenantId, day, "closed_again", "", "", closedBy].join("|");
    ledger[key] = (ledger[key] ?? 0) + 1;
  }
  for (const { tenantId, day } of contradictedHours(events, timezone)) {
    const key = [tenantId, day, "contradicting_durations", "resolution_duration_hours", "", "ticket.closed"].join("|");
    ledger[key] = (ledger[key] ?? 0) + 1;
  }
  for (const { tenantId, occurredAtMs } of contradictingReleases(countedEvents(events))) {
    const key = [tenantId, localDay(occurredAtMs, timezone), "contradicting_durations", "handle_duration_seconds", ""];
    const named = [...key, "agent.session_release"].join("|");
    ledger[named] = (ledger[named] ?? 0) + 1;
  }
  return ledger;
}

/** Releases whose handle time is ten times, and ten minutes, more or less than the time since the takeover, if a session has one of each. */
function contradictingReleases(events: readonly BusinessEvent[]): BusinessEvent[] {
  const told = events.filter(({ sessionId, name }) => sessionId !== null && name.startsWith("agent.session_"));
  return [...Map.groupBy(told, ({ tenantId, sessionId }) => `${tenantId}|${sessionId}`).values()].flatMap((own) => {
    const named = (name: string) => own.filter((event) => event.name === `agent.session_${name}`);
    const [takeovers, releases] = [named("takeover"), named("release")];
    const [takeover, release] = [takeovers[0], releases[0]];
    if (takeover === undefined || release === undefined) return [];
    if (takeovers.length > 1 || releases.length > 1 || named("transfer").length > 0) return [];
    const seconds = release.attributes["handle_duration_seconds"];
    const held = (release.occurredAtMs - takeover.occurredAtMs) / 1000;
    if (typeof seconds !== "number" || held < 0) return [];
    const [less, most] = [seconds, held].toSorted((a, b) => a - b) as [number, number];
    return most > 10 * less && most - less > 600 ? [release] : [];
  });
}

/** The same as it is stored. */
export async function storedQuality(pool: pg.Pool): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ key: string; events: number }>(
    `select concat_ws('|', tenant_id, day, code, attribute, detail, event_name) as key, events::int
     from analytics_data_quality where events <> 0`,
  );
  return Object.fromEntries(rows.map(({ key, events }) => [key, events]));
}
