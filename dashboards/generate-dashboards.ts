import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { CustomDefinitions } from "../collector-receiver/src/catalogue/custom-definitions.ts";
import { findDefinitionsFile, loadDefinitions } from "../collector-receiver/src/catalogue/load-definitions.ts";
import { reservedMetricKeys } from "../collector-receiver/src/metrics/reserved-metric-keys.ts";
import { boardDefaults, boardLanguages } from "./board-context.ts";
import type { BoardContext, BoardLanguage } from "./board-context.ts";
import { agentsBoard } from "./boards/agents.ts";
import { workbenchBoard } from "./boards/agent-workbench.ts";
import { chatbotBoard } from "./boards/ai-chatbot.ts";
import { composeBoard } from "./boards/compose-board.ts";
import { dataQualityBoard } from "./boards/data-quality.ts";
import { ownMetricsBoard } from "./boards/own-metrics.ts";
import { overviewBoard } from "./boards/overview.ts";
import { receiverHealthBoard } from "./boards/receiver-health.ts";
import { ticketsBoard } from "./boards/tickets.ts";

const boards = [
  overviewBoard,
  chatbotBoard,
  workbenchBoard,
  ticketsBoard,
  agentsBoard,
  dataQualityBoard,
  receiverHealthBoard,
];

export interface GeneratedDashboard {
  readonly language: BoardLanguage;
  readonly dashboard: Dashboard;
  /** Below the folder of the generated dashboards: `zh/overview.json`. */
  readonly path: string;
  readonly json: string;
}

/** Where `npm run dashboards` writes, and what the provisioning names. */
export const generatedFolder = fileURLToPath(new URL("generated/", import.meta.url));

/**
 * Every dashboard in every language: a pure function of (timezone, definitions).
 * @param own a product's own metrics, for a dashboard of theirs beside the others
 */
export function generateDashboards(
  options: Pick<BoardContext, "timezone"> = boardDefaults,
  own: CustomDefinitions | null = null,
): GeneratedDashboard[] {
  return boardLanguages.flatMap((language) => {
    const context = { ...options, language };
    const all = boards.map((boardOf) => boardOf(context));
    if (own !== null) all.push(ownMetricsBoard(context, own));
    return all.map((board) => {
      const dashboard = composeBoard(context, board);
      const json = `${JSON.stringify(dashboard, null, 2)}\n`;
      return { language, dashboard, path: `${language}/${board.name}.json`, json };
    });
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      timezone: { type: "string", default: boardDefaults.timezone },
      out: { type: "string", default: generatedFolder },
      config: { type: "string" },
    },
  });
  // As the receiver finds it: the named file, else spanledger.config.ts of the working folder, else none.
  const definitions = findDefinitionsFile(values.config ?? process.env["SPANLEDGER_CONFIG"], process.cwd());
  const own = definitions === null ? null : await loadDefinitions(definitions, reservedMetricKeys);
  for (const { path, json } of generateDashboards(values, own)) {
    const file = join(values.out, path);
    const before = await readFile(file, "utf8").catch(() => undefined);
    await mkdir(dirname(file), { recursive: true });
    if (before !== json) await writeFile(file, json);
    process.stdout.write(`${before === json ? "as it was " : "written   "} ${path}\n`);
  }
}
