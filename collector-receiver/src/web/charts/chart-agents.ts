import { noCounters } from "../../metrics/metric-definition.ts";
import { countText, isFew, restsOnFew } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { linkTo } from "../page/page-links.ts";
import { drawBars, maxBars } from "./draw-bars.ts";
import { summariseChart } from "./summarise-chart.ts";
import type { Bar } from "./draw-bars.ts";
import { measuredBy } from "./report-chart.ts";
import type { ChartCell, ReportChart } from "./report-chart.ts";

const tableKeys = [
  "sessions_handled",
  "avg_first_response_ms",
  "avg_handle_time_sec",
  "transfer_rate",
  "tickets_resolved",
  "sla_met_rate",
  "total_work_minutes",
  "agent_online_ms",
  "agent_busy_ms",
  "agent_away_ms",
  "agent_occupancy_rate",
] as const;
type AgentRow = ReportContext["material"]["agents"]["agents"][number];

const handledBy = (agent: AgentRow): number => agent.metrics["sessions_handled"]?.value ?? 0;

/** The name of an agent; in a shared copy a number, by its place. */
function nameOf(agent: AgentRow, place: number, { texts, least }: ReportContext): string {
  const words = texts.chart.agents;
  if (agent.agent_id === null) return words.unattributed;
  return least === null ? (agent.agent_name ?? words.unnamed(agent.agent_id)) : words.anonymous(place + 1);
}

/** Sessions handled by agent; in a shared copy without names, and those with few left out. */
export function chartAgents(context: ReportContext, columnNames: (key: string) => string): ReportChart {
  const { texts, locale, material } = context;
  const words = texts.chart.agents;
  const active = agentsOf(material).filter((agent) => tableKeys.some((key) => (agent.metrics[key]?.value ?? 0) !== 0));
  const shown = active.filter((agent) => context.least === null || handledBy(agent) >= context.least);
  const total = handledBy({ agent_id: null, agent_name: null, metrics: material.agents.total });
  // One who is left out could be told from the sum of the others: then nobody is shown.
  const { others } = material.agents;
  const few =
    isFew(context, total) ||
    (context.least !== null && others?.agents === 1) ||
    (context.least !== null && active.length - shown.length === 1) ||
    (active.length > 0 && shown.length === 0);
  const named = shown.map((agent, place) => ({ agent, name: nameOf(agent, place, context) }));
  const first = named.find(({ agent }) => handledBy(agent) > 0);
  // If too few are named, that is what is said.
  const isEmpty = active.length === 0 || (first === undefined && !few);
  const state = { product: "workbench", isEmpty, none: texts.chart.none.agents, isFew: few } as const;
  return {
    id: "agents",
    title: words.title,
    summary: summariseChart(context, state, () =>
      words.summary(
        countText(total, locale),
        agentsText(active.filter(({ agent_id }) => agent_id !== null).length + (others?.agents ?? 0), context),
        first?.name ?? "",
      ),
    ),
    table: {
      dimension: "agent",
      metrics: measuredBy(tableKeys),
      columns: [words.agent, ...tableKeys.map(columnNames)],
      rows: few
        ? []
        : [
            ...named.map(({ agent, name }) => [
              { text: name, ...keyOf(agent, context), ...hrefOf(agent, context) },
              ...tableKeys.map((key) => cellOf(agent.metrics[key], context)),
            ]),
            ...othersRow(context),
          ],
    },
    more:
      context.least === null
        ? { href: linkTo("/report/agents", { ...material.parameters, lang: locale }), text: words.all }
        : undefined,
    draw:
      few || first === undefined
        ? null
        : (width, idPrefix) => drawBars(barsOf(named, context), columnNames("sessions_handled"), width, idPrefix),
  };
}

/** Those who handled most, and the others together. */
function barsOf(named: readonly { readonly agent: AgentRow; readonly name: string }[], context: ReportContext): Bar[] {
  const { texts, locale, material } = context;
  const working = named.filter(({ agent }) => handledBy(agent) > 0);
  const rest = working.slice(maxBars);
  const { others } = material.agents;
  const more = rest.length + (others?.agents ?? 0);
  const handled =
    rest.reduce((sum, { agent }) => sum + handledBy(agent), 0) + (others?.metrics["sessions_handled"]?.value ?? 0);
  const bars: Bar[] = working.slice(0, maxBars).map(({ agent, name }) => ({
    label: name,
    value: handledBy(agent),
    formatted: agent.metrics["sessions_handled"]?.formatted ?? "",
    look: agent.agent_id === null ? 2 : 1,
  }));
  if (more === 0 || isFew(context, handled)) return bars;
  const label = texts.chart.more(countText(more, locale));
  return [...bars, { label, value: handled, formatted: countText(handled, locale), look: 2 }];
}

/** What was counted of each agent, with the time for which the agent was there. */
function agentsOf({ agents, operations }: ReportContext["material"]): AgentRow[] {
  const times = new Map(operations.agents.map(({ agent_id: id, metrics }) => [id, metrics]));
  return agents.agents.map((agent) => ({
    ...agent,
    metrics: { ...agent.metrics, ...(agent.agent_id === null ? {} : times.get(agent.agent_id)) },
  }));
}

/** Agents beyond the first ones, in one row at the end; the file with the data has them all. */
function othersRow(context: ReportContext): ChartCell[][] {
  const { agents, operations } = context.material;
  if (agents.others === null) return [];
  const metrics: AgentRow["metrics"] = { ...agents.others.metrics, ...operations.others?.metrics };
  const text = context.texts.chart.agents.rest(countText(agents.others.agents, context.locale));
  return [[{ text }, ...tableKeys.map((key) => cellOf(metrics[key], context))]];
}

/** In a shared copy, what rests on few is withheld in each cell too. */
function cellOf(metric: AgentRow["metrics"][string] | undefined, context: ReportContext): ChartCell {
  if (metric === undefined) return { text: "—", value: null };
  if (restsOnFew(context, metric, noCounters)) return { text: context.texts.withheld, value: null };
  const { formatted: text, value, numerator, denominator } = metric;
  return { text, value, numerator, denominator };
}

/** To the agent's month; nobody is named in a shared copy, so nothing leads there. */
function hrefOf({ agent_id: id }: AgentRow, { material, locale, least }: ReportContext): { href?: string } {
  if (id === null || least !== null) return {};
  return { href: linkTo(`/report/agents/${id}`, { ...material.parameters, lang: locale }) };
}

/** The number and the latest name; nobody is named in a shared copy. */
function keyOf({ agent_id: id, agent_name: name }: AgentRow, { least }: ReportContext): { key?: string } {
  if (least !== null) return {};
  return { key: id === null ? "" : [id, ...(name === null ? [] : [name])].join(" ") };
}

function agentsText(count: number, { locale }: ReportContext): string {
  const text = countText(count, locale);
  return locale === "zh-CN" ? ` ${text} 位坐席` : `${text} ${count === 1 ? "agent" : "agents"}`;
}
