import { countNoun } from "../metrics/count-noun.ts";
import { unsigned } from "../metrics/compare-metric.ts";
import { openingOf } from "./story-en.ts";
import { agentsMaterial, leaksOf, tellableChange } from "./story-material.ts";
import type { Leak, StoryMaterial, SummaryMaterial } from "./story-material.ts";

/** The period in three sentences. */
export function sumUpInEnglish(material: SummaryMaterial): readonly [string, string, string] {
  return material.reading.status === "empty"
    ? [nothingHappened(material), whoReported(material), stateSentence(material)]
    : [ofChatbot(material), ofAgents(material), ofRest(material)];
}

function nothingHappened(material: StoryMaterial): string {
  const yet = material.reading.period.running
    ? "no business events have been recorded yet"
    : "no business events were recorded";
  return `${openingOf(material)}, ${yet}.`;
}

function whoReported({ reading }: StoryMaterial): string {
  const { chatbotReported, workbenchReported } = reading.tenant;
  if (chatbotReported && workbenchReported) return "Both products have reported in other periods.";
  if (chatbotReported) return "The agent workbench has never reported.";
  return workbenchReported
    ? "The AI chatbot has never reported."
    : "Neither the AI chatbot nor the agent workbench has ever reported.";
}

function ofChatbot(material: SummaryMaterial): string {
  const { reading, known, count } = material;
  const opening = openingOf(material);
  if (!reading.tenant.chatbotReported)
    return `${opening}, there are no figures of the AI chatbot: it has never reported.`;
  const sessions = known("total_sessions");
  if (sessions === undefined || sessions.value === 0) return `${opening}, no conversation began.`;
  const more = tellableChange(material, "total_sessions");
  const other =
    more === null
      ? ""
      : `, ${changeOf(more.formatted, "more", "fewer")}${perDay(material)} than ${otherPeriod(material)}`;
  const conversations = countNoun(sessions.formatted, "conversation");
  const rate = known("ai_resolution_rate");
  if (rate === undefined) return `${opening}, the AI chatbot had ${conversations}${other}.`;
  const better = tellableChange(material, "ai_resolution_rate");
  const points =
    better === null ? "" : `, ${changeOf(better.formatted, "percentage points more", "percentage points less")}`;
  const resolved = rate.low_sample
    ? `${count(rate.numerator)} of ${sessions.formatted} alone${assumedText(known)}`
    : `${rate.formatted} of them alone${assumedText(known)}${points}`;
  return `${opening}, the AI chatbot had ${conversations}${other}${other === "" ? "" : ","} and resolved ${resolved}.`;
}

/** That some resolutions rest on silence. */
function assumedText(known: StoryMaterial["known"]): string {
  const assumed = known("ai_resolved_assumed");
  return assumed === undefined || assumed.value === 0 ? "" : ` (${assumed.formatted} assumed)`;
}

/** "+4.9%" as "4.9% more". */
const changeOf = (formatted: string, more: string, less: string): string =>
  `${unsigned(formatted)} ${formatted.startsWith("+") ? more : less}`;

/** Over unequal numbers of days, conversations are compared by the day. */
function perDay({ known }: StoryMaterial): string {
  return known("total_sessions")?.by_day === true ? " a day" : "";
}

function otherPeriod({ comparison, reading }: StoryMaterial): string {
  if (comparison === null) return "before";
  if (comparison.sameDays) return `on the same days ${comparison.mode === "year" ? "a year before" : "before"}`;
  return reading.period.month !== null
    ? `in ${comparison.otherName}`
    : comparison.mode === "year"
      ? "a year before"
      : "in the period before";
}

function ofAgents(material: SummaryMaterial): string {
  const { reading, count } = material;
  if (!reading.tenant.workbenchReported) return "The agent workbench has never reported.";
  const { taken, resolved, wait, sla } = agentsMaterial(material);
  const takenText = taken
    ? `Agents took over ${countNoun(taken.formatted, "conversation")}${wait === undefined ? "" : ` after a wait of ${wait.formatted} on average`}`
    : "Agents took over no conversation";
  if (resolved === null) return `${takenText} and resolved no ticket.`;
  const within =
    sla === undefined
      ? ""
      : sla.low_sample
        ? `, ${count(sla.numerator)} of ${count(sla.denominator)} within the SLA`
        : `, ${sla.formatted} of them within the SLA`;
  const tickets = resolved.value === 1 ? "ticket was" : "tickets were";
  return `${takenText}, and ${resolved.formatted} ${tickets} resolved${within}.`;
}

const leakTexts: Readonly<Record<Leak, (count: string, isOne: boolean) => string>> = {
  outcome_escalated_untaken: (count) => `${count} asked for a human and got none`,
  outcome_unanswered: (count, isOne) => `${count} ${isOne ? "was" : "were"} left without an answer`,
  outcome_not_resolved: (count, isOne) => `${count} ${isOne ? "was" : "were"} answered but not helped`,
};

function ofRest(material: SummaryMaterial): string {
  const { known, count, reading } = material;
  const lost = leaksOf(material).map(({ leak, count: sessions }) => leakTexts[leak](count(sessions), sessions === 1));
  const saved = known("estimated_cost_saved");
  const parts = [
    ...(lost[0] === undefined
      ? []
      : [
          lost[0].replace(/^\S+/, (number) => `${number} ${number === "1" ? "conversation" : "conversations"}`),
          ...lost.slice(1),
        ]),
    ...(saved === undefined || saved.value === 0 ? [] : [`an estimated ${saved.formatted} of manual work was saved`]),
  ];
  if (parts.length === 0) return stateSentence(material);
  const told = new Intl.ListFormat("en", { type: "conjunction" }).format(parts);
  const state = reading.status === "settled" ? "" : `; ${stateOf(material)}`;
  return `${told.slice(0, 1).toUpperCase()}${told.slice(1)}${state}.`;
}

function stateSentence(material: StoryMaterial): string {
  const state = stateOf(material);
  return `${state.slice(0, 1).toUpperCase()}${state.slice(1)}.`;
}

function stateOf({ reading, isCurrentMonth, asOf }: StoryMaterial): string {
  if (reading.period.running) {
    return `the ${isCurrentMonth ? "month" : "period"} is not over, so these are the figures as of ${asOf}`;
  }
  return reading.status === "provisional"
    ? "some conversations may not have ended yet, so figures can still change"
    : "only events that arrive late can still change a figure";
}
