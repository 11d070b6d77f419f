import { parseArgs } from "node:util";

const known = {
  quick: { type: "boolean", default: false, help: "a rough answer: 2 rounds of 50,000 events" },
  rounds: { type: "string", help: "N: rounds of every contender (5; pairs with --against: 7)" },
  events: { type: "string", help: "N: events of one run (200,000; with --against 300,000)" },
  only: { type: "string", help: "IDS: these contenders and figures, separated by commas" },
  decode: { type: "boolean", default: false, help: "the decoder's figures too (bench/decode/run-decode-bench.ts)" },
  sdk: { type: "boolean", default: false, help: "the SDK's figures too (bench/sdk/run-sdk-bench.ts)" },
  profile: { type: "string", help: "FOLDER: writes the receivers' CPU profiles there" },
  against: { type: "string", help: "COMMIT: this working tree against another commit, and nothing else" },
  limit: { type: "string", help: "RATIO: with --against, above which the exit code is 1 (1.03)" },
  json: { type: "boolean", default: false, help: "the figures as one JSON document" },
  help: { type: "boolean", default: false, help: "shows this" },
} as const;

/** How `npm run bench` is called. */
export function describeBenchOptions(): string {
  const lines = Object.entries(known).map(([name, { help }]) => `  --${name.padEnd(9)} ${help}`);
  return `npm run bench -- [options]\n${lines.join("\n")}\ndocs/performance.md says what the figures mean.\n`;
}

/** @throws TypeError if an option is unknown or has no value */
export function readBenchOptions(args: readonly string[]) {
  return parseArgs({ args: [...args], options: known }).values;
}
