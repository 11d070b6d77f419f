import type { RoundResult } from "./run-round.ts";
import { monthOf } from "./history/sample-calendar.ts";
import type { DemoServices } from "./start-demo-services.ts";

const ways = { collector: "products → Collector → receiver", direct: "products → receiver" } as const;

/** The result of a round for people. */
export function formatRound(result: RoundResult): string {
  const heading = ["event", "before", "sent", "stored", "counted", ""] as const;
  const rows = result.events.map((line) => [
    line.event,
    String(line.before),
    String(line.sent),
    String(line.stored),
    String(line.counted),
    line.agrees ? "✓" : "✗ differs",
  ]);
  const widths = heading.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const table = [heading, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  "),
  );
  return [
    "",
    "Case study of this month, sample data:",
    JSON.stringify(withoutMetrics(result.case_study.this_month), null, 2),
    "",
    "Case study of last month, sample data:",
    JSON.stringify(withoutMetrics(result.case_study.last_month), null, 2),
    "",
    "What the AI really saves, sample data:",
    `  this month  ${describeCosts(result.ai_costs.this_month)}`,
    `  last month  ${describeCosts(result.ai_costs.last_month)}`,
    "",
    ...table.map((line) => line.trimEnd()),
    "",
    `spanledger verify: ${result.verify.exitCode === 0 ? "no drift" : `exit code ${result.verify.exitCode}`}`,
    ...(result.verify.exitCode === 0 ? [] : [result.verify.output]),
    ...result.unexpected_answers.map((answer) => `Not expected: ${answer}`),
    result.agrees
      ? `Sent, stored and counted agree for all ${result.events.length} lines, ${ways[result.way]} (${result.seconds} s).`
      : "They do NOT agree; see above.",
    "",
  ].join("\n");
}

/** The plan's document; every number with its fraction stands in `metrics`, too long for a terminal. */
function withoutMetrics(document: unknown): unknown {
  if (document === null || typeof document !== "object") return document;
  return Object.fromEntries(Object.entries(document).filter(([key]) => key !== "metrics"));
}

function describeCosts(document: unknown): string {
  const costs = document as Readonly<Record<string, number | null>>;
  const amount = (key: string): string => costs[key]?.toFixed(2) ?? "—";
  return (
    `saved ¥${amount("estimated_cost_saved")}, AI spend ¥${amount("ai_spend")} (¥${amount("spend_per_ai_resolved_session")} ` +
    `a conversation that the AI resolved), net saved ¥${amount("net_saved")}`
  );
}

/** Where to look while the demo runs. */
export function formatPlaces(services: DemoServices): string {
  const now = Date.now();
  const caseStudy = `${services.chatbotUrl}/api/analytics/case-study?month=`;
  return [
    "",
    "Everything runs, on sample data. Where to look:",
    `  report, for people       ${services.receiverUrl}/report?month=${monthOf(now, 1)} (PDF: /report.pdf)`,
    `  live wall of today       ${services.receiverUrl}/live`,
    `  case study, this month   ${caseStudy}${monthOf(now, 0)}`,
    `  case study, last month   ${caseStudy}${monthOf(now, 1)}`,
    `  in English               ${caseStudy}${monthOf(now, 0)}&locale=en`,
    `  live counters of today   ${services.receiverUrl}/api/analytics/live`,
    `  API documentation        ${services.receiverUrl}/docs`,
    "Try a chat, and see it counted:",
    `  curl -X POST ${services.chatbotUrl}/api/chat -H "Content-Type: application/json" -d '{"message":"查询订单 FD12345","user_id":"me"}'`,
    `  agents log in at ${services.workbenchUrl}/api/auth/login as agent1, password ${services.password}`,
    `  your own events, OTLP    ${services.otlpUrl} (${ways[services.collector === null ? "direct" : "collector"]})`,
    "Ctrl-C stops all of it; the data stays for the next start.",
    "",
  ].join("\n");
}
