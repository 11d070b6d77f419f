import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { denseLoad } from "../load/make-load.ts";
import type { LoadSpec } from "../load/make-load.ts";
import { uuidV7 } from "../load/uuid-v7.ts";
import type { Bench } from "../measure-run.ts";
import { makeFigure } from "../summarise.ts";
import type { Figure } from "../summarise.ts";

const agents = 20_000;
const agentsOfRequest = 1_000;
const largeTenant = "large";

/** Eight seconds of single events, so that the p99 is not the slowest one. */
const single: LoadSpec = { ...denseLoad, events: 400, spansPerRequest: 1, gzip: false };
const perSecond = 50;

const program = fileURLToPath(new URL("../../collector-receiver/bin/spanledger.js", import.meta.url));
const pages = [
  "/report",
  "/report.csv",
  "/report.pdf",
  "/api/analytics/agents?limit=1000",
  "/api/analytics/operations",
];

/**
 * How long a single event takes while another tenant reads and recounts: reports of 20,000 agents with their exports, one of
 * each at a time, and `verify` and `rebuild` by turns. By turns with the same events alone.
 */
export async function measureBesideReports({ database, load, receivers }: Bench, rounds: number): Promise<Figure[]> {
  const port = receivers[0]?.port as number;
  await database.reset();
  await sendAgents(port);
  const sendSingle = () => load.run({ kind: "send", load: single, ports: [port], connections: 8, perSecond });
  const p99Of = async (send: () => ReturnType<typeof sendSingle>): Promise<number> => (await send()).p99 ?? NaN;
  // Loads and compiles what both sides need.
  await readOnce(port, "/report");
  await sendSingle();
  const beside: number[] = [];
  const ratios: number[] = [];
  let read = 0;
  for (let round = 0; round < rounds; round++) {
    const quiet = await p99Of(sendSingle);
    const over = new AbortController();
    const others = [
      ...pages.map(async (path) => {
        while (!over.signal.aborted) read += await readOnce(port, path);
      }),
      recountUntil(database.connectionString, over.signal),
    ];
    beside.push(await p99Of(sendSingle));
    over.abort();
    await Promise.all(others);
    ratios.push((beside.at(-1) as number) / quiet);
  }
  if (read < rounds) throw new Error(`only ${read} answers were read beside the single events`);
  return [
    makeFigure(
      {
        id: "beside-reports",
        title: `p99 of a single event beside another tenant's reports of 20,000 agents, exports, \`verify\` and \`rebuild\`, against alone`,
        target: { goal: 3, atMost: true },
        unit: "ms",
      },
      ratios,
      beside,
    ),
  ];
}

/** A day's work of each agent: a login, a session taken over and released, a message. */
async function sendAgents(port: number): Promise<void> {
  const atMs = Date.now() - 60_000;
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const number = (key: string, intValue: number) => ({ key, value: { intValue } });
  for (let first = 1; first <= agents; first += agentsOfRequest) {
    const logRecords = Array.from({ length: agentsOfRequest }, (_, i) => first + i).flatMap((agent) => {
      const session = text("session_id", `s-${agent}`);
      const record = (eventName: string, attributes: object[]) => ({
        timeUnixNano: `${atMs}000000`,
        eventName,
        attributes: [text("spanledger.event.id", uuidV7(atMs)), ...attributes],
      });
      return [
        record("agent.login", [number("agent_id", agent), text("agent_name", `Agent ${agent}`)]),
        record("session.start", [session]),
        record("agent.session_takeover", [session, number("agent_id", agent), number("wait_duration_seconds", 9)]),
        record("agent.session_message", [session, number("agent_id", agent)]),
        record("agent.session_release", [session, number("agent_id", agent), number("handle_duration_seconds", 60)]),
      ];
    });
    const resource = { attributes: [text("spanledger.tenant", largeTenant)] };
    const answer = await fetch(`http://127.0.0.1:${port}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }),
    });
    const said = await answer.text();
    if (!answer.ok || said.includes("partialSuccess"))
      throw new Error(`agents were answered ${answer.status}: ${said}`);
  }
}

/** @returns 1 if the page was shown, 0 if the receiver was busy with others */
async function readOnce(port: number, path: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { "x-spanledger-tenant": largeTenant } });
  await answer.arrayBuffer();
  if (answer.status !== 200 && answer.status !== 503) throw new Error(`${path} was answered ${answer.status}`);
  return answer.status === 200 ? 1 : 0;
}

async function recountUntil(connectionString: string, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    for (const command of ["verify", "rebuild"]) {
      const child = spawn(process.execPath, [program, command, "--tenant", largeTenant], {
        env: { ...process.env, DATABASE_URL: connectionString },
        stdio: "ignore",
      });
      const [code] = (await once(child, "exit")) as [number | null];
      if (code !== 0) throw new Error(`\`${command}\` of the large tenant ended with ${code}`);
    }
  }
}
