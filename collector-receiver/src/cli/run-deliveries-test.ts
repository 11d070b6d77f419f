import { randomUUID } from "node:crypto";
import { findDefinitionsFile, loadConfigFile } from "../catalogue/load-definitions.ts";
import type { Target } from "../catalogue/delivery-targets.ts";
import { loadConfig } from "../config/load-config.ts";
import { deliverMessage } from "../delivery/deliver-message.ts";
import type { DeliveryOutcome } from "../delivery/message.ts";
import { writeSample } from "../delivery/write-sample.ts";
import { reservedMetricKeys } from "../metrics/reserved-metric-keys.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";

/**
 * `spanledger deliveries test`: sends a sample to each target of the config, or to one, and says what became of it. Nothing is
 * stored. @throws CommandError `no_targets`, `unknown_target`
 */
export async function runDeliveriesTest({ target: only }: { readonly target?: string }): Promise<number> {
  const { definitionsFile, locale, publicUrl } = loadConfig(process.env);
  const file = findDefinitionsFile(definitionsFile, process.cwd());
  const targets = file === null ? [] : (await loadConfigFile(file, reservedMetricKeys)).delivery.targets;
  if (targets.length === 0) {
    const where = file === null ? "There is no spanledger.config in this folder" : `${file} names no targets`;
    throw new CommandError("no_targets", `${where}: add targets to it, as docs/alerts.md shows.`);
  }
  const chosen = targets.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0) {
    const known = targets.map(({ name }) => name).join(", ");
    throw new CommandError("unknown_target", `There is no target "${only}" in the config; known are: ${known}.`);
  }
  const told = await Promise.all(
    chosen.map(async (target) => {
      const sample = writeSample(target, {
        locale: target.locale ?? locale,
        link: publicUrl === undefined ? null : `${publicUrl}/report`,
        key: randomUUID(),
        now: new Date(),
      });
      return { target, outcome: await deliverMessage(target, sample, { environment: process.env }) };
    }),
  );
  print(told.map(({ target, outcome }) => describeOutcome(target, outcome)).join(""));
  return told.every(({ outcome }) => outcome.outcome === "sent") ? 0 : 1;
}

function describeOutcome({ name, type }: Target, outcome: DeliveryOutcome): string {
  if (outcome.outcome !== "sent") return `${name} (${type}): not sent. ${outcome.reason}\n`;
  return `${name} (${type}): sent.${outcome.note === undefined ? "" : ` ${outcome.note}`}\n`;
}
