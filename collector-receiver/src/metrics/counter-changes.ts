import type { CountableEvent } from "../mapping/business-event.ts";
import type { BusinessCalendar } from "./business-calendar.ts";
import { customerSlotsOf } from "./customer-days.ts";
import { attributeCounters, countedValueOf } from "./attribute-counters.ts";
import { bucketOf, bucketsOfGroup, firstOfGroup } from "./duration-histogram.ts";
import { CustomChanges } from "./custom-changes.ts";
import type { CustomCounting, CustomRule } from "./custom-counting.ts";
import { agentNameEvent, durationHistograms, eventCounters } from "./event-counters.ts";
import type { EventCounter } from "./event-counters.ts";
import { OperationFacts } from "./operation-facts.ts";
import { toScaledInteger } from "./scale-decimal.ts";
import type { SessionContribution } from "./session-contribution.ts";
import { workingMsBetween } from "./working-hours.ts";
import type { WorkingCalendar } from "./working-hours.ts";
import { agentColumns, businessColumns } from "./counter-columns.ts";
import type {
  AgentChange,
  AttributeCountChange,
  BusinessChange,
  CustomerChange,
  EventCountChange,
  HistogramChange,
} from "./counter-change.ts";

interface CompiledCounter {
  readonly counter: EventCounter;
  readonly businessAt: number;
  /** Place in an agent row, or -1. */
  readonly agentAt: number;
}
interface CompiledEvent {
  readonly counters: readonly CompiledCounter[];
  readonly byAgent: boolean;
  readonly histograms: readonly (typeof durationHistograms)[number][];
}

const compiled: ReadonlyMap<string, CompiledEvent> = compile();
const countedValues: ReadonlyMap<string, readonly string[]> = new Map(
  attributeCounters.map(({ event }) => [
    event,
    attributeCounters.flatMap((counter) => (counter.event === event ? [counter.attribute] : [])),
  ]),
);

function compile(): Map<string, CompiledEvent> {
  const agentPlaces = new Map<string, number>(agentColumns.map(({ column }, place) => [column, place]));
  const byEvent = new Map<string, CompiledEvent>();
  for (const event of new Set(eventCounters.map((counter) => counter.event))) {
    const counters = eventCounters.flatMap((counter, businessAt) =>
      counter.event === event
        ? [
            {
              counter,
              businessAt,
              agentAt: counter.byAgent ? (agentPlaces.get(counter.column) ?? -1) : -1,
            },
          ]
        : [],
    );
    byEvent.set(event, {
      counters,
      byAgent: counters.some(({ agentAt }) => agentAt >= 0),
      histograms: durationHistograms.filter((histogram) => histogram.event === event),
    });
  }
  return byEvent;
}

/** The changes of one tenant's day by what they are looked up with: an event makes no key of its own. */
interface DayChanges {
  readonly tenantId: string;
  readonly day: string;
  /** What the keys of its changes begin with. */
  readonly prefix: string;
  business: BusinessChange | null;
  readonly eventCounts: Map<string, EventCountChange>;
  readonly agents: Map<number | null, AgentChange>;
  readonly histograms: Map<string, Map<number, HistogramChange>>;
}

/**
 * The changes that a batch makes to the counters, folded in memory: at most one per row of a table.
 * The same code counts incrementally and from scratch.
 */
export class CounterChanges {
  readonly business = new Map<string, BusinessChange>();
  readonly agents = new Map<string, AgentChange>();
  readonly eventCounts = new Map<string, EventCountChange>();
  readonly attributeCounts = new Map<string, AttributeCountChange>();
  readonly histograms = new Map<string, HistogramChange>();
  readonly customers = new Map<string, CustomerChange>();
  /** Facts of agents and tickets, which move no counter. */
  readonly operations = new OperationFacts();
  /** Of a product's own metrics; null where nothing of them changes. */
  custom: CustomChanges | null = null;
  readonly #days = new Map<string, DayChanges>();
  #latest: DayChanges | undefined;

  /**
   * Counts one event by its own time; a test event changes nothing.
   * @param working the tenant's working hours; without them, no duration is counted in working hours
   * @param custom the product's own metrics, where the tenant has any
   */
  addEvent(
    event: CountableEvent,
    calendar: BusinessCalendar,
    working: WorkingCalendar | null,
    custom: CustomCounting | null,
  ): void {
    if (event.test) return;
    if (event.agentId !== null || event.ticketId !== null) this.operations.addEvent(event);
    const day = this.#dayOf(event.tenantId, calendar.dayOf(event.occurredAtMs));
    const known = day.eventCounts.get(event.name);
    if (known) known.count++;
    else {
      const change = { tenantId: event.tenantId, day: day.day, eventName: event.name, count: 1 };
      day.eventCounts.set(event.name, change);
      this.eventCounts.set(day.prefix + event.name, change);
    }
    const own = custom?.rules.get(event.name);
    if (own !== undefined) this.#countOwn(event, day, own);
    for (const attribute of countedValues.get(event.name) ?? []) this.#countValue(event, day, attribute);
    const rules = compiled.get(event.name);
    if (rules === undefined) return;
    const business = (day.business ??= this.#businessOf(event.tenantId, day.day)).amounts;
    const agent = rules.byAgent ? this.#agentOf(event, day) : undefined;
    for (const { counter, businessAt, agentAt } of rules.counters) {
      const amount = amountOf(counter, event);
      if (amount === 0) continue;
      business[businessAt] = (business[businessAt] as number) + amount;
      if (agentAt >= 0 && agent) agent.amounts[agentAt] = (agent.amounts[agentAt] as number) + amount;
    }
    for (const histogram of rules.histograms) {
      const value = event.attributes[histogram.attribute];
      if (typeof value !== "number") continue;
      const ms = Math.round(value * histogram.unitMs);
      if (histogram.inWorkingHours !== true) this.#addToHistogram(event.tenantId, day, histogram.metric, ms);
      else if (working !== null) {
        const { occurredAtMs } = event;
        const workingMs = workingMsBetween(working, occurredAtMs - ms, occurredAtMs);
        this.#addToHistogram(event.tenantId, day, histogram.metric, workingMs);
      }
    }
  }

  /** Adds (`sign` 1) or takes back (-1) what a session contributes to its start day. */
  addContribution(tenantId: string, contribution: SessionContribution, sign: 1 | -1): void {
    const { amounts } = this.#businessOf(tenantId, contribution.day);
    contribution.amounts.forEach((amount, i) => {
      const place = eventCounters.length + i;
      amounts[place] = (amounts[place] as number) + sign * amount;
    });
    if (contribution.userId === null) return;
    for (const { month, slot } of customerSlotsOf(contribution.day)) {
      const key = `${tenantId}\n${month}\n${contribution.userId}`;
      const known = this.customers.get(key);
      const count = known?.counts.find((of) => of.slot === slot);
      if (count) count.sessions += sign;
      else if (known) known.counts.push({ slot, sessions: sign });
      else {
        const { userId } = contribution;
        this.customers.set(key, { tenantId, month, userId, counts: [{ slot, sessions: sign }] });
      }
    }
  }

  /** Rows that the changes touch, about: what they take in memory grows with it. */
  get rows(): number {
    const { tickets, agentStates, agentActivity } = this.operations;
    const own = this.custom === null ? 0 : this.custom.counters.size + this.custom.sessions.size;
    const byDay = this.business.size + this.agents.size + this.eventCounts.size;
    const byValue = this.attributeCounts.size + this.histograms.size + this.customers.size;
    return byDay + byValue + own + tickets.size + agentStates.length + agentActivity.size;
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

  #agentOf(event: CountableEvent, { day, prefix, agents }: DayChanges): AgentChange {
    let change = agents.get(event.agentId);
    if (change === undefined) {
      change = {
        tenantId: event.tenantId,
        day,
        agentId: event.agentId,
        amounts: new Float64Array(agentColumns.length),
        name: null,
        nameAtMs: 0,
        nameEventId: "",
      };
      agents.set(event.agentId, change);
      this.agents.set(prefix + String(event.agentId ?? ""), change);
    }
    const name = event.attributes["agent_name"];
    if (event.name === agentNameEvent && typeof name === "string") {
      const isLater =
        change.name === null ||
        event.occurredAtMs > change.nameAtMs ||
        (event.occurredAtMs === change.nameAtMs && event.eventId > change.nameEventId);
      if (isLater) {
        change.name = name;
        change.nameAtMs = event.occurredAtMs;
        change.nameEventId = event.eventId;
      }
    }
    return change;
  }

  #countOwn(event: CountableEvent, day: DayChanges, rules: readonly CustomRule[]): void {
    const custom = (this.custom ??= new CustomChanges());
    const addDuration = (name: string, ms: number): void => this.#addToHistogram(event.tenantId, day, name, ms);
    for (const rule of rules) custom.add(event, day.day, rule, addDuration);
  }

  #countValue(event: CountableEvent, { day, prefix }: { day: string; prefix: string }, attribute: string): void {
    const value = countedValueOf(event.attributes[attribute]);
    const key = `${prefix}${event.name}\n${attribute}\n${value}`;
    const known = this.attributeCounts.get(key);
    if (known) known.count++;
    else {
      const { tenantId, name: eventName } = event;
      this.attributeCounts.set(key, { tenantId, day, eventName, attribute, value, count: 1 });
    }
  }

  #addToHistogram(tenantId: string, { day, prefix, histograms }: DayChanges, metric: string, ms: number): void {
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
    change.counts[place] = (change.counts[place] as number) + 1;
  }
}

function amountOf(counter: EventCounter, event: CountableEvent): number {
  if (counter.when && event.attributes[counter.when.attribute] !== counter.when.is) return 0;
  if (counter.present !== undefined && typeof event.attributes[counter.present] !== "number") return 0;
  if (!counter.sum) return 1;
  const value = event.attributes[counter.sum.attribute];
  return typeof value === "number" ? toScaledInteger(value, counter.sum.shift) : 0;
}
