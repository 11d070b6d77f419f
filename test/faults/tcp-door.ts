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
  /**
   * As if the host behind it vanished: nothing that is open is closed, passed on or answered any more, and new connections
   * are accepted and never answered, until `lead` names other targets. What stands behind it keeps its sessions.
   */
  vanish(): void;
  close(): Promise<void>;
}

export async function openTcpDoor(): Promise<TcpDoor> {
  const sockets = new Set<Socket>();
  let targets: readonly number[] = [];
  let next = 0;
  let server: Server | undefined;
  let port = 0;
  let isGone = false;
  const passing = new Set<() => void>();

  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  };
  function pass(incoming: Socket): void {
    keep(incoming);
    incoming.pause();
    if (isGone) return;
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
        const endOutgoing = (): void => void outgoing.destroy();
        const endIncoming = (): void => void incoming.destroy();
        incoming.once("close", endOutgoing);
        outgoing.once("close", endIncoming);
        const stop = (): void => {
          incoming.unpipe(outgoing).pause().off("close", endOutgoing);
          outgoing.unpipe(incoming).pause().off("close", endIncoming);
        };
        passing.add(stop);
        incoming.once("close", () => passing.delete(stop));
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
      isGone = false;
      if (ports.length === 0) await shut();
      else await open();
    },
    cut,
    vanish() {
      isGone = true;
      for (const stop of passing) stop();
      passing.clear();
    },
    close: shut,
  };
}
