import { connect } from "node:net";
import type { Socket } from "node:net";

export interface Sent {
  readonly ms: number;
  /** From the first byte sent to the whole answer, ms, one per request. */
  readonly latencies: Float64Array;
}

/**
 * Sends prepared HTTP requests over keep-alive connections, each with one request under way; bytes are
 * written as they are and answers hardly looked at, so that the generator takes little of the machine.
 * @param ports of receivers on 127.0.0.1; connections are dealt out in turn
 * @param perSecond requests a second at most (open loop: latency counts from the time a request was due), or null for as fast as they are answered
 * @throws Error if an answer is not 200
 */
export async function sendRequests(
  ports: readonly number[],
  requests: readonly Buffer[],
  connections: number,
  perSecond: number | null = null,
): Promise<Sent> {
  const sockets = await Promise.all(
    Array.from({ length: Math.min(connections, requests.length) }, (_, i) => open(ports[i % ports.length] as number)),
  );
  const latencies = new Float64Array(requests.length);
  const started = performance.now();
  let next = 0;
  try {
    await Promise.all(
      sockets.map(async (socket) => {
        for (;;) {
          const index = next++;
          if (index >= requests.length) return;
          let from = performance.now();
          if (perSecond !== null) {
            const due = started + (index * 1000) / perSecond;
            if (due > from) await new Promise((resolve) => setTimeout(resolve, due - from));
            from = due;
          }
          await exchange(socket, requests[index] as Buffer);
          latencies[index] = performance.now() - from;
        }
      }),
    );
    return { ms: performance.now() - started, latencies };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => resolve(socket));
    socket.once("error", reject);
  });
}

function exchange(socket: Socket, request: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = "";
    const stop = (settle: () => void) => {
      socket.off("data", onData);
      socket.off("close", onClose);
      settle();
    };
    const onData = (chunk: Buffer) => {
      received += chunk.toString("latin1");
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(received)?.[1] ?? 0);
      if (received.length < end + 4 + length) return;
      const ok = received.startsWith("HTTP/1.1 200");
      const line = received.slice(0, received.indexOf("\r\n"));
      stop(() => (ok ? resolve() : reject(new Error(`the receiver answered ${line}: ${received.slice(end + 4)}`))));
    };
    const onClose = () => stop(() => reject(new Error("the receiver closed the connection")));
    socket.on("data", onData);
    socket.on("close", onClose);
    socket.write(request);
  });
}
