import { once } from "node:events";
import { startCollector } from "../../../deploy/collector/start-collector.ts";
import { readCollectorPlan } from "./collector-plan.ts";

/**
 * The Collector as one of the demo's processes: it ends on SIGTERM, and when the demo is gone. What is in
 * its queue then waits on disk for the next start.
 */
const told = once(process, "SIGTERM");
const collector = await startCollector(readCollectorPlan(process.env));
await told;
await collector.stop();
process.exit(0);
