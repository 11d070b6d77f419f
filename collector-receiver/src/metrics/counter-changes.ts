import type { CountableEvent } from "../mapping/business-event.ts";
import { AiCallChanges } from "./ai-call-changes.ts";
import { aiCallEvent, aiDurationsOf } from "./ai-calls.ts";
import { customerSlotsOf } from "./customer-days.ts";
import { AttributeCountChanges } from "./attribute-count-changes.ts";
import { bucketOf, bucketsOfGroup, firstOfGroup } from "./duration-histogram.ts";
import { amountOfEvent, compiledCounters } from "./compiled-counters.ts";
import { CustomChanges } from "./custom-changes.ts";
import type { CustomRule } from "./custom-counting.ts";
import { agentNameEvent, eventCounters } from "./event-counters.ts";
import { noteAgentName } from "./note-agent-name.ts";
import { HourChanges } from "./hour-changes.ts";
import { OperationFacts } from "./operation-facts.ts";
import { SegmentChanges } from "./segment-changes.ts";
import { sessionCounters, takeoverCounters } from "./session-contribution.ts";
import type { SessionContribution, TenantRules } from "./session-contribution.ts";
import { isAiAnswer } from "./session-facts.ts";
import type { TicketPart } from "./ticket-contribution.ts";
import { ticketPlaces } from "./ticket-places.ts";
import { wordsOf } from "./words.ts";
import { workingMsUntil } from "./working-hours.ts";
import { agentColumns, businessColumns } from "./counter-columns.ts";
import { closeEventOf, entryOfClose, qualityEntriesOf, testMarkEntriesOf } from "./data-quality.ts";
import { QualityChanges } from "./quality-changes.ts";
import type {
  AgentChange,
  BusinessChange,
  CustomerChange,
  DayChanges,
  EventCountChange,
  HistogramChange,
} from "./counter-change.ts";

/** 1 adds, -1 takes back. */
export type Sign = 1 | -1;

/** Places of the first session counter and of the first takeover counter in a business row, and of the latter in a segment's and an agent's. */
const sessionsAt = eventCounters.length;
const takeoversAt = sessionsAt + sessionCounters.length;
const segmentTakeoversAt = sessionCounters.length;
const agentTakeoversAt = eventCounters.filter(({ byAgent }) => byAgent).length;

/** What counting an event depends on beside the event. */
export type EventRules = Pick<TenantRules, "calendar" | "workingHours" | "custom">;

/**
 * The changes that a batch makes to the counters, folded in memory: at most one per row of a table.
 * The same code counts incrementally and from scratch.
 */
export class CounterChanges {
  readonly business = new Map<string, BusinessChange>();
  readonly agents = new Map<string, AgentChange>();
  readonly eventCounts = new Map<string, EventCountChange>();
  readonly attributeCounts = new AttributeCountChanges();
  readonly histograms = new Map<string, HistogramChange>();
  readonly segments = new SegmentChanges();
  readonly aiCalls = new AiCallChanges();
  readonly quality = new QualityChanges();
  readonly customers = new Map<string, CustomerChange>();
  readonly hours = new HourChanges();
  /** Facts of agents, which move no counter. */
  readonly operations = new OperationFacts();
  /** Of a product's own metrics; null if nothing of them changes. */
  custom: CustomChanges | null = null;
  readonly #days = new Map<string, DayChanges>();
  #latest: DayChanges | undefined;

  /** Counts one event by its own time, and adds what it says of agents; a test event changes nothing. */
  addEvent(event: CountableEvent, rules: EventRules): void {
    this.addFacts(event, rules);
    this.countEvent(event, rules, 1);
  }

  /** Adds what an event says of agents: that goes by the event alone, whether its session is a test or not. */
  addFacts(event: CountableEvent, { calendar, custom }: EventRules): void {
    if (event.test) {
      const entries = testMarkEntriesOf(event);
      for (const entry of entries) this.quality.add(calendar.dayOf(event.occurredAtMs), event, entry, 1);
      return;
    }
    if (event.agentId !== null) this.operations.addEvent(event, wordsOf({ custom }));
    if (event.name !== agentNameEvent) return;
    noteAgentName(this.#agentOf(event.agentId, this.#dayOf(event.tenantId, calendar.dayOf(event.occurredAtMs))), event);
  }

  /** Counts one event, or takes it back; a test event changes nothing. */
  countEvent(event: CountableEvent, { calendar, workingHours, custom }: EventRules, sign: Sign): void {
    if (event.test) return;
    const day = this.#dayOf(event.tenantId, calendar.dayOf(event.occurredAtMs));
    const known = day.eventCounts.get(event.name);
    if (known) known.count += sign;
    else {
      const change = { tenantId: event.tenantId, day: day.day, eventName: event.name, count: sign };
      day.eventCounts.set(event.name, change);
      this.eventCounts.set(day.prefix + event.name, change);
    }
    const words = wordsOf({ custom });
    for (const entry of qualityEntriesOf(event, words)) this.quality.add(day.day, event, entry, sign);
    const own = custom?.rules.get(event.name);
    if (own !== undefined) this.#countOwn(event, day, own, sign);
    this.attributeCounts.add(event, day.day, custom === null ? null : custom.segments, sign);
    const rules = compiledCounters.get(event.name);
    if (rules === undefined) {
      if (event.name === aiCallEvent) this.#countAiCall(event, day, sign);
      return;
    }
    const isOfAi = event.name === "session.message" && isAiAnswer(event, words);
    const business = (day.business ??= this.#businessOf(event.tenantId, day.day)).amounts;
    const agent = rules.byAgent ? this.#agentOf(event.agentId, day) : undefined;
    for (const { counter, businessAt, agentAt } of rules.counters) {
      if (counter.ofAi === true && !isOfAi) continue;
      const amount = sign * amountOfEvent(counter, event);
      if (amount === 0) continue;
      business[businessAt] = (business[businessAt] as number) + amount;
      if (agentAt >= 0 && agent) agent.amounts[agentAt] = (agent.amounts[agentAt] as number) + amount;
    }
    for (const { metric, attribute, unitMs, ofAi, inWorkingHours } of rules.histograms) {
      const value = event.attributes[attribute];
      if (typeof value !== "number" || (ofAi === true && !isOfAi)) continue;
      const ms = Math.round(value * unitMs);
      if (inWorkingHours !== true) this.#addToHistogram(day, metric, ms, sign);
      else if (workingHours !== null) {
        this.#addToHistogram(day, metric, workingMsUntil(event.occurredAtMs, ms, workingHours), sign);
      }
    }
  }

  /** Adds or takes back what a session contributes, each part to its own day. */
  addContribution(tenantId: string, contribution: SessionContribution, rules: EventRules, sign: Sign): void {
    const { start, takeover, doubtfulRelease, hours } = contribution;
    if (start !== null) {
      const { day, segments } = start;
      const { amounts } = this.#businessOf(tenantId, day);
      const ofSegments = segments === null ? null : this.segments.amountsOf(tenantId, day, segments);
      start.amounts.forEach((amount, i) => {
        amounts[sessionsAt + i] = (amounts[sessionsAt + i] as number) + sign * amount;
        if (ofSegments !== null) ofSegments[i] = (ofSegments[i] as number) + sign * amount;
      });
      if (start.userId !== null) this.#addCustomer(tenantId, start.day, start.userId, sign);
    }
    if (takeover !== null) this.#addTakeover(tenantId, takeover, rules, sign);
    this.hours.add(tenantId, hours, sign);
    if (doubtfulRelease !== null) this.quality.addRelease(tenantId, doubtfulRelease, sign);
  }

  #addTakeover(
    tenantId: string,
    { day: dayName, agentId, atMs, waitMs, segments }: NonNullable<SessionContribution["takeover"]>,
    { workingHours }: EventRules,
    sign: Sign,
  ): void {
    const day = this.#dayOf(tenantId, dayName);
    const business = (day.business ??= this.#businessOf(tenantId, dayName)).amounts;
    const agent = this.#agentOf(agentId, day).amounts;
    const ofSegments = segments === null ? null : this.segments.amountsOf(tenantId, dayName, segments);
    takeoverCounters.forEach(({ amountOf: amountOfWait }, i) => {
      const amount = sign * amountOfWait(waitMs);
      business[takeoversAt + i] = (business[takeoversAt + i] as number) + amount;
      agent[agentTakeoversAt + i] = (agent[agentTakeoversAt + i] as number) + amount;
      if (ofSegments === null) return;
      ofSegments[segmentTakeoversAt + i] = (ofSegments[segmentTakeoversAt + i] as number) + amount;
    });
    if (waitMs === null) return;
    this.#addToHistogram(day, firstResponse, waitMs, sign);
    if (workingHours !== null) {
      this.#addToHistogram(day, `${firstResponse}_business`, workingMsUntil(atMs, waitMs, workingHours), sign);
    }
  }

  /** Adds or takes back what a ticket contributes, each part to its own day. */
  addTicketParts(
    tenantId: string,
    parts: readonly TicketPart[],
    { calendar, workingHours }: EventRules,
    sign: Sign,
  ): void {
    for (const { atMs, amounts, resolvedBy, doubt } of parts) {
      const day = this.#dayOf(tenantId, calendar.dayOf(atMs));
      const business = (day.business ??= this.#businessOf(tenantId, day.day)).amounts;
      const agent = resolvedBy === undefined ? undefined : this.#agentOf(resolvedBy?.agentId ?? null, day).amounts;
      for (const [column, { businessAt, agentAt }] of ticketPlaces) {
        const amount = sign * (amounts[column] ?? 0);
        if (amount === 0) continue;
        business[businessAt] = (business[businessAt] as number) + amount;
        if (agent !== undefined && agentAt >= 0) agent[agentAt] = (agent[agentAt] as number) + amount;
      }
      if (doubt !== undefined) this.quality.add(day.day, closeEventOf(doubt.close), entryOfClose[doubt.code], sign);
      const ms = resolvedBy?.resolutionMs ?? null;
      if (!resolvedBy || ms === null) continue;
      this.#addToHistogram(day, resolutionTime, ms, sign);
      if (workingHours !== null) {
        this.#addToHistogram(
          day,
          `${resolutionTime}_business`,
          workingMsUntil(resolvedBy.atMs, ms, workingHours),
          sign,
        );
      }
    }
  }

  #addCustomer(tenantId: string, day: string, userId: string, sign: Sign): void {
    for (const { month, slot } of customerSlotsOf(day)) {
      const key = `${tenantId}\n${month}\n${userId}`;
      const known = this.customers.get(key);
      const count = known?.counts.find((of) => of.slot === slot);
      if (count) count.sessions += sign;
      else if (known) known.counts.push({ slot, sessions: sign });
      else this.customers.set(key, { tenantId, month, userId, counts: [{ slot, sessions: sign }] });
    }
  }

  /** Rows that the changes touch, about: what they take in memory grows with it. */
  get rows(): number {
    const { agentStates } = this.operations;
    const own = this.custom === null ? 0 : this.custom.counters.size + this.custom.sessions.size;
    const byDay =
      this.business.size + this.agents.size + this.eventCounts.size + this.aiCalls.rows.size + this.hours.rows.size;
    const byValue =
      this.attributeCounts.rows.size + this.histograms.size + this.customers.size + this.quality.rows.size;
    return byDay + byValue + this.segments.size + own + agentStates.length;
  }

  #dayOf(tenantId: string, day: string): DayChanges {
    // Mostly the day of the event before.
    if (this.#latest?.day === day && this.#latest.tenantId === tenantId) return this.#latest;
    const prefix = `${tenantId}\n${day}\n`;
    let changes = this.#days.get(prefix);
    if (changes === undefined) {
      changes = {
        tenantId,
        day,
        prefix,
        business: null,
        eventCounts: new Map(),
        agents: new Map(),
        histograms: new Map(),
      };
      this.#days.set(prefix, changes);
    }
    this.#latest = changes;
    return changes;
  }

  #businessOf(tenantId: string, day: string): BusinessChange {
    const key = `${tenantId}\n${day}`;
    let change = this.business.get(key);
    if (change === undefined) {
      change = { tenantId, day, amounts: new Float64Array(businessColumns.length) };
      this.business.set(key, change);
    }
    return change;
  }

  #agentOf(agentId: number | null, { tenantId, day, prefix, agents }: DayChanges): AgentChange {
    let change = agents.get(agentId);
    if (change === undefined) {
      change = {
        tenantId,
        day,
        agentId,
        amounts: new Float64Array(agentColumns.length),
        name: null,
        nameAtMs: 0,
        nameEventId: "",
      };
      agents.set(agentId, change);
      this.agents.set(prefix + String(agentId ?? ""), change);
    }
    return change;
  }

  #countAiCall(event: CountableEvent, day: DayChanges, sign: Sign): void {
    this.aiCalls.add(event, day.day, sign);
    for (const { metric, ms } of aiDurationsOf(event)) this.#addToHistogram(day, metric, ms, sign);
  }

  #countOwn(event: CountableEvent, day: DayChanges, rules: readonly CustomRule[], sign: Sign): void {
    const custom = (this.custom ??= new CustomChanges());
    const addDuration = (name: string, ms: number): void => this.#addToHistogram(day, name, ms, sign);
    for (const rule of rules) custom.add(event, day.day, rule, addDuration, sign);
  }

  #addToHistogram({ tenantId, day, prefix, histograms }: DayChanges, metric: string, ms: number, sign: Sign): void {
    let groups = histograms.get(metric);
    if (groups === undefined) histograms.set(metric, (groups = new Map()));
    const bucket = bucketOf(ms);
    const firstBucket = firstOfGroup(bucket);
    let change = groups.get(firstBucket);
    if (change === undefined) {
      change = { tenantId, day, metric, firstBucket, counts: new Float64Array(bucketsOfGroup) };
      groups.set(firstBucket, change);
      // Of one length, so that keys in bytewise order are buckets in order.
      this.histograms.set(`${prefix}${metric}\n${String(firstBucket).padStart(3, "0")}`, change);
    }
    const place = bucket - firstBucket;
    change.counts[place] = (change.counts[place] as number) + sign;
  }
}

/** The histogram of the waits until the first takeover; that in working hours ends with `_business`. */
const firstResponse = "first_response";
/** The histogram of the resolution times of tickets. */
const resolutionTime = "resolution_time";
