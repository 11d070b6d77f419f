import { createServer } from "node:net";
import type { CollectorPorts } from "../../deploy/collector/start-collector.ts";
import { DemoError, type DemoOptions } from "./parse-demo-arguments.ts";

export interface DemoPorts {
  readonly receiver: number;
  readonly chatbot: number;
  readonly workbench: number;
  /** Of the stand-in model, which the chatbot alone asks. */
  readonly model: number;
}

const defaultPorts: Omit<DemoPorts, "model"> = { receiver: 4319, chatbot: 8000, workbench: 8002 };

/**
 * The ports to use, all free a moment ago.
 * @throws DemoError `ports_taken`, naming each port that another program has
 */
export async function choosePorts(how: DemoOptions["ports"]): Promise<DemoPorts> {
  if (how === "auto") {
    const [receiver, chatbot, workbench, model] = await findFreePorts(4);
    return { receiver: receiver!, chatbot: chatbot!, workbench: workbench!, model: model! };
  }
  const taken: string[] = [];
  for (const [who, port] of Object.entries(defaultPorts)) {
    if (!(await isFree(port))) taken.push(`${port} (for the ${who})`);
  }
  if (taken.length > 0) {
    throw new DemoError(
      "ports_taken",
      `another program listens on 127.0.0.1:${taken.join(", ")}. Stop it (is a demo running already?), or start with \`npm run demo -- --ports auto\`.`,
    );
  }
  const [model] = await findFreePorts(1);
  return { ...defaultPorts, model: model! };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

/** The ports to which OpenTelemetry SDKs send if nobody says otherwise, if they are free, and any others for the rest. */
export async function chooseCollectorPorts(how: DemoOptions["ports"]): Promise<CollectorPorts> {
  const [health, metrics, grpc, http] = (await findFreePorts(4)) as [number, number, number, number];
  const usual = how === "default" && (await isFree(4317)) && (await isFree(4318));
  return { health, metrics, ...(usual ? { grpc: 4317, http: 4318 } : { grpc, http }) };
}

/** Held open together, so that none comes twice. */
async function findFreePorts(count: number): Promise<number[]> {
  const probes = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const probe = createServer();
          probe.once("error", reject);
          probe.listen(0, "127.0.0.1", () => resolve(probe));
        }),
    ),
  );
  const ports = probes.map((probe) => (probe.address() as { port: number }).port);
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  return ports;
}
