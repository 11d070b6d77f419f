import { parseArgs } from "node:util";
import { faults } from "./faults.ts";
import { openFaultWorld } from "./fault-world.ts";
import { measureKilledProduct, tryFault, type FaultOutcome } from "./try-fault.ts";

/** A receiver that kept what it cannot commit would grow beyond this in the seconds of a fault. */
const maxMemoryMiB = 600;
const maxMinutes = 15;

const { values } = parseArgs({ options: { json: { type: "boolean" }, only: { type: "string" } } });
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const strict = process.env["SPANLEDGER_STRICT"] === "1";

const tooLong = setTimeout(() => {
  say(`the faults took more than ${maxMinutes} minutes`);
  process.exit(1);
}, maxMinutes * 60_000);

const outcomes: FaultOutcome[] = [];
const leftOut: { fault: string; reason: string; isExcused: boolean }[] = [];
const broken: string[] = [];
let killedProduct: { recorded: number; rows: number } | undefined;
const world = await openFaultWorld(say);
try {
  for (const [place, fault] of faults.entries()) {
    if (values.only !== undefined && !fault.name.includes(values.only)) continue;
    const reason = fault.leftOut?.(world);
    if (reason !== undefined) {
      leftOut.push({ fault: fault.name, reason, isExcused: fault.isExcused === true });
      continue;
    }
    say(`${fault.name} …`);
    try {
      const outcome = await tryFault(world, fault, `fault-${place}`);
      outcomes.push(outcome);
      broken.push(...judge(outcome));
    } catch (error) {
      broken.push(`${fault.name}: ${(error as Error).message}`);
      break;
    }
  }
  if (broken.length === 0) killedProduct = await measureKilledProduct(world);
} finally {
  await world.close();
  clearTimeout(tooLong);
}

const passed = broken.length === 0 && !(strict && leftOut.some(({ isExcused }) => !isExcused));
if (values.json === true) {
  process.stdout.write(`${JSON.stringify({ passed, outcomes, leftOut, broken, killedProduct })}\n`);
} else print();
process.exit(passed ? 0 : 1);

/** @returns what should not be so */
function judge(outcome: FaultOutcome): string[] {
  const wrong: string[] = [];
  if (outcome.sent === 0) wrong.push("nothing was sent");
  if (outcome.lost > 0) wrong.push(`${outcome.lost} lost`);
  if (outcome.twice > 0) wrong.push(`${outcome.twice} counted twice`);
  if (outcome.drift > 0) wrong.push(`drift ${outcome.drift}`);
  if (outcome.unaccounted !== 0) wrong.push(`${outcome.unaccounted} received events are in no counter`);
  if (outcome.peakMemoryMiB > maxMemoryMiB) wrong.push(`the receiver took ${outcome.peakMemoryMiB} MiB`);
  return wrong.map((what) => `${outcome.fault}: ${what}`);
}

function print(): void {
  const head = ["fault", "sent", "rows", "counted", "lost", "twice", "seconds to recover", "drift", "memory"];
  const table = [
    head,
    ...outcomes.map((outcome) => [
      outcome.fault,
      ...[outcome.sent, outcome.rows, outcome.counted, outcome.lost, outcome.twice].map(String),
      outcome.secondsToRecover.toFixed(1),
      String(outcome.drift),
      `${outcome.peakMemoryMiB} MiB`,
    ]),
  ];
  const widths = head.map((_, column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  for (const row of table) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    process.stdout.write(`${cells.join("  ")}\n`);
  }
  for (const { fault, reason } of leftOut) process.stdout.write(`left out: ${fault}: ${reason}\n`);
  if (killedProduct !== undefined) {
    const { recorded, rows } = killedProduct;
    process.stdout.write(
      `a product killed with events in its memory: ${recorded} recorded at least, ${rows} stored (a spool folder keeps them)\n`,
    );
  }
  for (const line of broken) process.stdout.write(`BROKEN ${line}\n`);
}
