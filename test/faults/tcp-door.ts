import { createServer, connect, type Server, type Socket } from "node:net";
import { once } from "node:events";

/**
 * A TCP proxy on a fixed port: what stands behind it may die, come back on another port, or be one of
 * several. Each connection goes to the next target that accepts it.
 */
export interface TcpDoor {
  readonly port: number;
  /** Where connections go from now on; none: they are refused, and the open ones are cut. */
  lead(ports: readonly number[]): Promise<void>;
  /** Cuts what is open; new connections are welcome. */
  cut(): void;
  close(): Promise<void>;
}

export async function openTcpDoor(): Promise<TcpDoor> {
  const sockets = new Set<Socket>();
  let targets: readonly number[] = [];
  let next = 0;
  let server: Server | undefined;
  let port = 0;

  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  };
  function pass(incoming: Socket): void {
    keep(incoming);
    incoming.pause();
    attempt(targets.length);
    function attempt(left: number): void {
      const target = targets[next++ % Math.max(1, targets.length)];
      if (left === 0 || target === undefined || incoming.destroyed) return void incoming.destroy();
      const outgoing = connect({ host: "127.0.0.1", port: target });
      outgoing.once("error", () => {
        if (outgoing.connecting || outgoing.pending) attempt(left - 1);
      });
      outgoing.once("connect", () => {
        keep(outgoing);
        incoming.pipe(outgoing).pipe(incoming);
        incoming.once("close", () => outgoing.destroy());
        outgoing.once("close", () => incoming.destroy());
      });
    }
  }
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const shut = async (): Promise<void> => {
    if (server === undefined) return;
    const closing = server;
    server = undefined;
    const closed = once(closing, "close");
    closing.close();
    cut();
    await closed;
  };
  const open = async (): Promise<void> => {
    if (server !== undefined) return;
    server = createServer(pass);
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as { port: number });
  };
  await open();
  return {
    get port() {
      return port;
    },
    async lead(ports) {
      targets = ports;
      if (ports.length === 0) await shut();
      else await open();
    },
    cut,
    close: shut,
  };
}
