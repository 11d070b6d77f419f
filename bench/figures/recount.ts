import { rebuildTenant } from "../../collector-receiver/src/recount/rebuild-tenant.ts";
import { verifyTenant } from "../../collector-receiver/src/recount/verify-tenant.ts";
import { denseLoad } from "../load/make-load.ts";
import type { Bench } from "../measure-run.ts";
import { makeFigure } from "../summarise.ts";
import type { Figure } from "../summarise.ts";

const goal = 200_000;

/** Events a second that `verify` and `rebuild` count again; the drift has to be zero. */
export async function measureRecount(bench: Bench, rounds: number): Promise<Figure[]> {
  const { database, load, receivers } = bench;
  await database.reset();
  const ports = receivers.map(({ port }) => port);
  await load.run({ kind: "send", load: { ...denseLoad, events: bench.events }, ports, connections: 10 });
  const rates: { verify: number[]; rebuild: number[] } = { verify: [], rebuild: [] };
  for (let round = 0; round < rounds; round++) {
    let from = performance.now();
    const { events, drifts } = await verifyTenant(database.connectionString, "default");
    if (events !== bench.events || drifts !== 0)
      throw new Error(`verify read ${events} events and found ${drifts} drifts`);
    rates.verify.push((events * 1000) / (performance.now() - from));
    from = performance.now();
    const rebuilt = await rebuildTenant(database.connectionString, "default");
    rates.rebuild.push((rebuilt.events * 1000) / (performance.now() - from));
  }
  return (["verify", "rebuild"] as const).map((id) => {
    const ratios = rates[id].map((rate) => rate / goal);
    return makeFigure(
      {
        id,
        title: `\`spanledger ${id}\`, events a second against ${goal.toLocaleString("en")}`,
        target: { goal: 1, atMost: false },
        unit: "events/s",
      },
      ratios,
      rates[id],
    );
  });
}
