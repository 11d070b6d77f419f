import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { startCollector } from "../../../deploy/collector/start-collector.ts";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import type { MappedRequest } from "../../../collector-receiver/src/mapping/business-event.ts";
import { MalformedOtlpError } from "../../../collector-receiver/src/otlp/malformed-otlp-error.ts";
import { fieldsOf } from "../../support/make-business-event.ts";
import { context } from "../../collector-receiver/mapping/otlp-messages.ts";

export type Encoding = "protobuf" | "json";
export type Signal = "traces" | "logs";

/** One request as a sender writes it. */
export interface Body {
  readonly encoding: Encoding;
  readonly signal: Signal;
  readonly bytes: Buffer;
}

/** What became of a request: why it was refused as a whole, or what it gave. */
export type Outcome =
  | { readonly refused: string }
  | { readonly refused?: never; readonly events: readonly object[]; readonly rejected: readonly string[] };

export interface BothWays {
  /** As the receiver reads it. */
  readonly direct: Outcome;
  /** As the receiver reads what the Collector made of it. */
  readonly through: Outcome;
}

const types: Readonly<Record<Encoding, string>> = { protobuf: "application/x-protobuf", json: "application/json" };

/** A real Collector in front of a sink, and a function that sends a request both ways. */
export interface Ways {
  compare(body: Body): Promise<BothWays>;
  close(): Promise<void>;
}

export async function openBothWays(program: string, folder: string): Promise<Ways> {
  let passedOn: Buffer[] = [];
  const sink = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      passedOn.push(Buffer.concat(pieces));
      response.writeHead(200, { "content-type": types.protobuf }).end();
    });
  });
  sink.listen(0, "127.0.0.1");
  await once(sink, "listening");
  const { port } = sink.address() as { port: number };
  const config = fileURLToPath(new URL("collector-to-sink.yaml", import.meta.url));
  const collector = await startCollector({ program, folder, config, receiverUrl: `http://127.0.0.1:${port}` });

  async function sendThrough({ encoding, signal, bytes }: Body): Promise<Outcome> {
    passedOn = [];
    const headers = { "content-type": types[encoding] };
    const answer = await fetch(`${collector.url}/v1/${signal}`, {
      method: "POST",
      headers,
      body: new Uint8Array(bytes),
    });
    const text = await answer.text();
    if (answer.status !== 200) return { refused: text };
    return outcomeOf(() => passedOn.map((body) => mapRequest(body, "protobuf", signal, context)));
  }

  return {
    async compare(body) {
      const direct = outcomeOf(() => [mapRequest(body.bytes, body.encoding, body.signal, context)]);
      return { direct, through: await sendThrough(body) };
    },
    async close() {
      await collector.stop("SIGKILL");
      sink.closeAllConnections();
      sink.close();
    },
  };
}

function outcomeOf(map: () => MappedRequest[]): Outcome {
  try {
    const parts = map();
    return {
      events: parts.flatMap(({ events }) => events.map(comparable)),
      rejected: parts.flatMap(({ rejected }) => rejected.map(({ code }) => code)),
    };
  } catch (error) {
    if (error instanceof MalformedOtlpError) return { refused: error.message };
    throw error;
  }
}

/** Bytes of the data depend on the order of attributes alone, which stays; so they are compared as they are. */
function comparable(event: MappedRequest["events"][number]): object {
  const { eventData, ...fields } = fieldsOf(event);
  return { ...fields, eventData: Buffer.from(eventData).toString() };
}
