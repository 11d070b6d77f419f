import type { AlertRule } from "../catalogue/alert-rules.ts";
import type { Target } from "../catalogue/delivery-targets.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { judgeAlert, neverJudged, nextAlertState, stateOfKind } from "../metrics/judge-alert.ts";
import type { AlertFacts, AlertState } from "../metrics/judge-alert.ts";
import { alertMetricKeys, readAlertFacts } from "../stats/alert-facts.ts";
import type { AlertReader } from "../stats/alert-facts.ts";
import { readTenantToday } from "../stats/read-period.ts";
import { readBranding } from "../stats/sql/read-branding.ts";
import { readCustomDefinitions } from "../stats/sql/read-custom-definitions.ts";
import { readGoals } from "../stats/sql/read-goals.ts";
import { deleteAlerts, lockAlerts, storeAlertState } from "../storage/deliveries/alert-states.ts";
import type { StoredAlert } from "../storage/deliveries/alert-states.ts";
import { enqueueDeliveries } from "../storage/deliveries/enqueue-deliveries.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { tellAlert } from "./alert-message.ts";
import type { AlertNews } from "./alert-message.ts";

export interface AlertJudging {
  /** The targets of this receiver's config. */
  readonly targets: readonly Target[];
  /** The language of targets that name none. */
  readonly locale: Locale;
  /** Where readers reach the receiver; undefined: messages have no link. */
  readonly publicUrl: string | undefined;
  /** False: alerts of silence are left as they are. */
  readonly seesSilence: boolean;
}

/** An alert and where it stands. */
export interface KnownAlert {
  readonly name: string;
  readonly rule: AlertRule;
  readonly state: AlertState;
}

/**
 * Judges the alerts of a tenant and writes the messages of those that begin or cease to fire, in one transaction: so a
 * message is written once, whoever is killed when. If a receiver was down, only the present is judged: late, once.
 * @throws DutyTakenError if another receiver judges at this moment
 * @returns how many alerts changed
 */
export function judgeAlerts(
  client: WriterConnection,
  tenantId: string,
  nowMs: number,
  judging: AlertJudging,
): Promise<number> {
  return inTransaction(client, { duty: "alerts" }, async () => {
    const stored = await lockAlerts(client, tenantId);
    const { definitions } = await readCustomDefinitions(client, tenantId);
    const inConfig = definitions.alerts ?? {};
    await deleteAlerts(client, tenantId, forgottenIn(stored, inConfig));
    const reader = {
      pool: client,
      tenantId,
      at: await readTenantToday({ pool: client, now: () => nowMs }, tenantId),
      goals: await readGoals(client, tenantId),
    };
    let changed = 0;
    for (const alert of knownAlerts(stored, inConfig)) {
      if (alert.rule.kind === "silence" && !judging.seesSilence) continue;
      const { state, news } = await judgeOne(reader, alert);
      if (state.firingPeriod === alert.state.firingPeriod && state.judgedThrough === alert.state.judgedThrough)
        continue;
      await storeAlertState(client, tenantId, alert.name, state, nowMs);
      for (const each of news) {
        await enqueueNews(client, reader, each, nowMs, judging);
        changed++;
      }
    }
    return changed;
  });
}

/** States of alerts that stood in the config and do not any more. */
const forgottenIn = (stored: readonly StoredAlert[], inConfig: Readonly<Record<string, AlertRule>>): string[] =>
  stored.filter(({ rule, definition }) => definition === null && inConfig[rule] === undefined).map(({ rule }) => rule);

/** The alerts of a tenant: its own, and those of the config that it has not replaced. */
export function knownAlerts(
  stored: readonly StoredAlert[],
  inConfig: Readonly<Record<string, AlertRule>>,
): KnownAlert[] {
  const byName = new Map(stored.map((alert) => [alert.rule, alert]));
  const names = [...new Set([...Object.keys(inConfig), ...byName.keys()])].toSorted();
  return names.flatMap((name) => {
    const own = byName.get(name);
    const rule = own?.definition ?? inConfig[name];
    return rule === undefined ? [] : [{ name, rule, state: own ?? neverJudged }];
  });
}

/** A change of an alert, and for which period it fires or has fired. */
export interface AlertEvent extends AlertNews {
  readonly period: string;
}

/** Judges one alert at the reader's moment. */
export async function judgeOne(
  reader: AlertReader,
  { name, rule, state: before }: KnownAlert,
): Promise<{ readonly state: AlertState; readonly news: AlertEvent[] }> {
  if ("metric" in rule && !alertMetricKeys.has(rule.metric)) return { state: before, news: [] };
  const { currency, timezone } = reader.at.tenant;
  let state = stateOfKind(rule, before);
  const news: AlertEvent[] = [];
  for (const facts of await readAlertFacts(reader, rule)) {
    const next = nextAlertState(state, judgeAlert(rule, facts, state));
    const period = next.state.firingPeriod ?? state.firingPeriod ?? "";
    if (next.change !== null) news.push({ name, rule, facts, change: next.change, currency, timezone, period });
    state = next.state;
  }
  return { state, news };
}

/** Writes the messages of a change, each in the language of its target. */
async function enqueueNews(
  client: WriterConnection,
  { tenantId }: AlertReader,
  news: AlertEvent,
  nowMs: number,
  { targets, locale: usual, publicUrl }: AlertJudging,
): Promise<void> {
  const { name, rule, change, period } = news;
  const { name: tenantName } = await readBranding(client, tenantId);
  const chosen = targets.filter(
    (target) => target.tenants.includes(tenantId) && (rule.to.length === 0 || rule.to.includes(target.name)),
  );
  for (const [locale, group] of Map.groupBy(chosen, (target) => target.locale ?? usual)) {
    await enqueueDeliveries(client, {
      tenantId,
      kind: "alert",
      rule: name,
      period: `${period} ${change}`,
      targets: group.map((target) => target.name),
      message: {
        kind: "alert",
        state: change,
        tenantId,
        tenantName: tenantName ?? tenantId,
        locale,
        ...tellAlert(news, locale),
        link: publicUrl === undefined ? null : `${publicUrl}${linkOf(news.facts)}lang=${locale}`,
        createdAt: new Date(nowMs).toISOString(),
      },
      nowMs,
    });
  }
}

/** The page that shows what an alert is about. */
function linkOf(facts: AlertFacts): string {
  switch (facts.kind) {
    case "goal":
      return `/report?from=${facts.startDate}&to=${facts.period}&`;
    case "quality":
      return `/data-quality?period=${facts.period}&`;
    case "silence":
      return "/live?";
    case "change":
    case "budget":
      return `/report?period=${facts.period}&`;
  }
}
