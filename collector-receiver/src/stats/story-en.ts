import { calendarPeriodOf } from "../metrics/calendar-ranges.ts";
import { isZero, unsigned } from "../metrics/compare-metric.ts";
import type { ComparedMetric } from "./compared-metric.ts";
import { comparedInStory, smallCount } from "./story-material.ts";
import type { StoryComparison, StoryMaterial } from "./story-material.ts";

/** The story in English: opens "This month" for the current month, else names the month or the dates. */
export function tellInEnglish(material: StoryMaterial): string {
  const { reading } = material;
  const opening = openingOf(material);
  if (reading.status === "empty") {
    const yet = reading.period.running
      ? "no business events have been recorded yet"
      : "no business events were recorded";
    return [`${opening}, ${yet}.`, ...missing(material)].join(" ");
  }
  return [
    ...chatbotSentences(material, opening),
    ...workbenchSentences(material),
    ...comparison(material),
    ...outlook(material),
  ].join(" ");
}

/** How a sentence about the period begins. */
export function openingOf({ reading, isCurrentMonth, periodName }: StoryMaterial): string {
  if (isCurrentMonth) return "This month";
  if (reading.period.startDate === reading.period.endDate) return `On ${periodName}`;
  const kind = calendarPeriodOf(reading.period)?.kind;
  if (kind === "week") return `In the week of ${periodName}`;
  return kind === undefined ? `In the period ${periodName}` : `In ${periodName}`;
}

function missing({ reading }: StoryMaterial): string[] {
  const { chatbotReported, workbenchReported } = reading.tenant;
  if (!chatbotReported && !workbenchReported) {
    return ["Neither the AI chatbot nor the agent workbench has ever reported."];
  }
  if (!chatbotReported) return ["The AI chatbot has never reported."];
  if (!workbenchReported) return ["The agent workbench has never reported."];
  return [];
}

function chatbotSentences(material: StoryMaterial, opening: string): string[] {
  const { reading, known, count } = material;
  if (!reading.tenant.chatbotReported) {
    return [`${opening}, there are no figures of the AI chatbot: it has never reported.`];
  }
  const sentences: string[] = [];
  const sessions = known("total_sessions");
  if (sessions === undefined || sessions.value === 0) {
    sentences.push(`${opening}, the AI chatbot had no new sessions.`);
  } else {
    const conversations = sessions.value === 1 ? "conversation" : "conversations";
    const customers = known("unique_customers");
    const withCustomers =
      customers === undefined || customers.value === 0
        ? ""
        : ` with ${customers.formatted} ${customers.value === 1 ? "customer" : "customers"}`;
    const rate = known("ai_resolution_rate");
    const assumed = known("ai_resolved_assumed");
    const assumedText =
      assumed !== undefined && (assumed.value ?? 0) > 0 ? ` (${assumed.formatted} of them assumed)` : "";
    const resolved =
      rate === undefined
        ? ""
        : rate.low_sample
          ? ` and resolved ${count(rate.numerator)} of ${sessions.formatted} sessions alone${assumedText}`
          : ` and resolved ${count(rate.numerator)} sessions alone, a rate of ${rate.formatted}${endedText(rate)}${assumedText}`;
    sentences.push(`${opening}, the AI chatbot had ${sessions.formatted} ${conversations}${withCustomers}${resolved}.`);
  }
  const details: string[] = [];
  const response = known("avg_response_time_ms");
  if (response !== undefined) {
    const basis = response.low_sample
      ? ` (only ${count(response.denominator)} ${response.denominator === 1 ? "reply" : "replies"})`
      : "";
    details.push(`the average response time was ${response.formatted}${basis}`);
  }
  const saved = known("estimated_cost_saved");
  if (saved !== undefined && (saved.value ?? 0) > 0) {
    details.push(`an estimated ${saved.formatted} of manual work was saved`);
  }
  const order = share(known("order_query_success_rate"), "order queries", "succeeded", count);
  if (order !== null) details.push(order);
  const tracking = share(known("tracking_query_success_rate"), "tracking queries", "succeeded", count);
  if (tracking !== null) details.push(tracking);
  if (details.length > 0) sentences.push(sentence(details));
  const calls = known("ai_calls");
  const spend = known("ai_spend");
  if (calls !== undefined && (calls.value ?? 0) > 0 && spend !== undefined) {
    const net = known("net_saved");
    const left = net === undefined ? "" : `; net of that, the estimate saved is ${net.formatted}`;
    sentences.push(
      `Its ${calls.formatted} ${calls.value === 1 ? "call" : "calls"} of models cost ${spend.formatted}${left}.`,
    );
  }
  return sentences;
}

function endedText({ ended }: ComparedMetric): string {
  return ended === undefined || ended.low_sample ? "" : ` (${ended.formatted} of those that had time to end)`;
}

function workbenchSentences(material: StoryMaterial): string[] {
  const { reading, known, count } = material;
  if (!reading.tenant.workbenchReported) {
    return ["The agent workbench has never reported, so there are no figures of it."];
  }
  const sentences: string[] = [];
  const handled = known("sessions_handled");
  if (handled !== undefined && (handled.value ?? 0) > 0) {
    const parts = [`agents took over ${handled.formatted} ${handled.value === 1 ? "session" : "sessions"}`];
    const first = known("avg_first_response_ms");
    if (first !== undefined) {
      parts.push(`the average first response (wait until takeover) was ${first.formatted}`);
    }
    const handle = known("avg_handle_time_sec");
    if (handle !== undefined) parts.push(`the average handle time was ${handle.formatted}`);
    sentences.push(sentence(parts));
  }
  const resolved = known("tickets_resolved");
  if (resolved !== undefined && (resolved.value ?? 0) > 0) {
    const tickets = resolved.value === 1 ? "ticket was" : "tickets were";
    const parts = [`${resolved.formatted} ${tickets} resolved`];
    const resolution = known("avg_resolution_hours");
    if (resolution !== undefined) parts.push(`on average in ${resolution.formatted}`);
    const sla = share(known("sla_met_rate"), "resolved tickets", "met their SLA", count);
    if (sla !== null) parts.push(sla);
    sentences.push(sentence(parts));
  }
  return sentences.length === 0 ? ["Agents took over no sessions and resolved no tickets."] : sentences;
}

/** A rate; under 30 as n of N. */
function share(
  rate: ComparedMetric | undefined,
  things: string,
  verb: string,
  count: (value: number | null) => string,
): string | null {
  if (rate === undefined) return null;
  return rate.low_sample
    ? `${count(rate.numerator)} of ${count(rate.denominator)} ${things} ${verb}`
    : `${rate.formatted} of ${things} ${verb}`;
}

function sentence(parts: readonly string[]): string {
  const text = new Intl.ListFormat("en", { type: "conjunction" }).format(parts);
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

const compared: Readonly<Record<(typeof comparedInStory)[number], string>> = {
  total_sessions: "conversations",
  ai_resolution_rate: "the AI resolution rate",
  avg_response_time_ms: "the average response time",
  sessions_handled: "sessions handled by agents",
  avg_first_response_ms: "the average first response",
  tickets_resolved: "tickets resolved",
  sla_met_rate: "the share within SLA",
};

function comparison(material: StoryMaterial): string[] {
  const { comparison: days, isCurrentMonth } = material;
  if (days === null) return [];
  if (days.ownDays === 0) {
    return [
      `No day of the ${isCurrentMonth ? "month" : "period"} is over yet, so nothing is compared with ${days.otherName}.`,
    ];
  }
  const other = days.sameDays
    ? `the same days ${days.mode === "year" ? "a year before" : "before"} (${days.otherName})`
    : days.otherName;
  if (days.nothingBefore) return [`There is nothing to compare with in ${other}.`];
  const told = comparedInStory.map((key) => changePhrase(material, days, key)).filter((phrase) => phrase !== null);
  if (told.length === 0) return [];
  const basis = [
    ...(days.sameDays ? ["without today"] : []),
    ...(days.ownDays === days.otherDays
      ? []
      : [`counts by the day, ${days.ownDays} ${days.ownDays === 1 ? "day" : "days"} against ${days.otherDays}`]),
  ];
  return [`Compared with ${other}${basis.length === 0 ? "" : `, ${basis.join(", ")}`}: ${told.join("; ")}.`];
}

function changePhrase(
  material: StoryMaterial,
  days: StoryComparison,
  key: (typeof comparedInStory)[number],
): string | null {
  const metric = material.known(key);
  if (metric?.change == null || metric.previous.value === null || metric.compared.low_sample) return null;
  const name = compared[key];
  if (metric.unit === "count" && metric.previous.value < smallCount) {
    const over = (count: number): string => (metric.by_day ? ` in ${count} ${count === 1 ? "day" : "days"}` : "");
    const { previous, compared: now } = metric;
    return `${name} ${previous.formatted}${over(days.otherDays)} → ${now.formatted}${over(days.ownDays)}`;
  }
  if (metric.previous.low_sample) return null;
  const amount = metric.change.formatted;
  if (isZero(unsigned(amount))) return `${name} unchanged`;
  const points = metric.change.unit === "percentage_points" ? " percentage points" : "";
  return `${name} ${amount}${points}`;
}

function outlook(material: StoryMaterial): string[] {
  const { reading } = material;
  if (reading.status === "running") {
    const name = material.isCurrentMonth ? "The month" : "The period";
    return [`${name} is not over: figures as of ${material.asOf}.`];
  }
  return reading.status === "provisional"
    ? ["Some sessions may not have ended yet, so the figures can still change."]
    : [];
}
