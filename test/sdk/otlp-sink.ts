import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import { decodeRequest, type ReceivedEvent, type ReceivedReport } from "./decode-otlp.ts";

/** One request as the sink saw it. */
export interface SinkRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly events: readonly ReceivedEvent[];
  readonly bodyLength: number;
}

/**
 * Answers a request instead of the sink; returns false if the sink is to take it as usual. What it
 * refuses is not recorded, as a receiver that answers 503 has stored nothing.
 */
export type Misbehaviour = (request: SinkRequest, response: ServerResponse, incoming: IncomingMessage) => boolean;

/** A small real OTLP/HTTP receiver that remembers what it has acknowledged. */
export class OtlpSink {
  readonly events: ReceivedEvent[] = [];
  readonly reports: ReceivedReport[] = [];
  readonly ordinarySpans: string[] = [];
  readonly requests: SinkRequest[] = [];
  /** Events of every request, whether it was acknowledged or not. */
  seen = 0;
  misbehave: Misbehaviour | null = null;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #port = 0;

  static async start(): Promise<OtlpSink> {
    const sink = new OtlpSink();
    await sink.listen();
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Distinct ids; with `events` this shows what came twice. */
  get eventIds(): Set<string> {
    return new Set(this.events.map((event) => event.eventId));
  }

  /** Listens, after `stop` again on the same port. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => this.#receive(request, response));
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }

  /** As if nothing had come so far. */
  forget(): void {
    for (const list of [this.events, this.reports, this.ordinarySpans, this.requests]) list.length = 0;
    this.seen = 0;
  }

  /** Resolves as soon as `condition` holds; looks after each request and every 20 ms. */
  async until(condition: (sink: this) => boolean): Promise<void> {
    while (!condition(this)) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("error", () => undefined);
    request.on("end", () => {
      const raw = Buffer.concat(parts);
      const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
      const path = request.url ?? "";
      const decoded = decodeRequest(path, request.headers["content-type"] ?? "", body);
      const seen: SinkRequest = {
        path,
        headers: request.headers,
        events: decoded.events,
        bodyLength: body.length,
      };
      this.requests.push(seen);
      this.seen += decoded.events.length;
      if (this.misbehave?.(seen, response, request) === true) return;
      this.events.push(...decoded.events);
      this.reports.push(...decoded.reports);
      this.ordinarySpans.push(...decoded.ordinarySpans);
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    });
  }
}
