import type { CollectorOptions, CollectorPorts } from "../../../deploy/collector/start-collector.ts";

/** What the process of the Collector has to know. */
export type CollectorPlan = Required<Pick<CollectorOptions, "program" | "folder" | "receiverUrl" | "ports">>;

const variable = "SPANLEDGER_DEMO_COLLECTOR";

/** The plan as an environment variable. */
export const writeCollectorPlan = (plan: CollectorPlan): Record<string, string> => ({
  [variable]: JSON.stringify(plan),
});

/** The plan of a process that was started with `writeCollectorPlan`. */
export const readCollectorPlan = (environment: NodeJS.ProcessEnv): CollectorPlan =>
  JSON.parse(environment[variable] ?? "") as CollectorPlan;

/** Where its health check answers. */
export const healthUrl = ({ health }: CollectorPorts): string => `http://127.0.0.1:${health}/`;
