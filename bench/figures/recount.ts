import { switchRules } from "../../collector-receiver/src/recount/switch-rules.ts";
import { rebuildTenant } from "../../collector-receiver/src/recount/rebuild-tenant.ts";
import { verifyTenant } from "../../collector-receiver/src/recount/verify-tenant.ts";
import { denseLoad } from "../load/make-load.ts";
import type { Bench } from "../measure-run.ts";
import { makeFigure } from "../summarise.ts";
import type { Figure } from "../summarise.ts";

const goal = 200_000;

/** Events a second that `verify`, `rebuild` and a switch of counting rules count again; the drift has to be zero. */
export async function measureRecount(bench: Bench, rounds: number): Promise<Figure[]> {
  const { database, load, receivers } = bench;
  await database.reset();
  const ports = receivers.map(({ port }) => port);
  await load.run({ kind: "send", load: { ...denseLoad, events: bench.events }, ports, connections: 10 });
  const rates: Record<"verify" | "rebuild" | "switch", number[]> = { verify: [], rebuild: [], switch: [] };
  for (let round = 0; round < rounds; round++) {
    let from = performance.now();
    const { events, drifts } = await verifyTenant(database.connectionString, "default");
    if (events !== bench.events || drifts !== 0)
      throw new Error(`verify read ${events} events and found ${drifts} drifts`);
    rates.verify.push((events * 1000) / (performance.now() - from));
    from = performance.now();
    const rebuilt = await rebuildTenant(database.connectionString, "default");
    rates.rebuild.push((rebuilt.events * 1000) / (performance.now() - from));
    await database.query("update analytics_settings set counting_rules = 1");
    from = performance.now();
    const switched = await switchRules(database.connectionString, "default");
    if (switched === null) throw new Error("another process has switched the tenant's rules");
    rates.switch.push((switched * 1000) / (performance.now() - from));
  }
  return (["verify", "rebuild", "switch"] as const).map((id) => {
    const ratios = rates[id].map((rate) => rate / goal);
    const what = id === "switch" ? "a switch of counting rules" : `\`spanledger ${id}\``;
    return makeFigure(
      {
        id,
        title: `${what}, events a second against ${goal.toLocaleString("en")}`,
        // A switch holds one tenant's senders up once, and has no goal.
        target: id === "switch" ? null : { goal: 1, atMost: false },
        unit: "events/s",
      },
      ratios,
      rates[id],
    );
  });
}
