import { once } from "node:events";
import type { Server } from "node:net";
import type { FastifyInstance } from "fastify";

/** The receiver cannot listen; the message says what to do. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly code: "port_in_use" | "port_forbidden" | "host_unknown" | "cannot_listen";
  constructor(code: ListenError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Why `listen` and the lookup of its host fail, by Node's code. */
const reasons: ReadonlyMap<string, readonly [code: ListenError["code"], what: string]> = new Map([
  ["EADDRINUSE", ["port_in_use", "another process uses this port. Stop it, or set PORT to a free one"]],
  ["EACCES", ["port_forbidden", "this user may not use the port. Set PORT to 1024 or higher"]],
  ["EADDRNOTAVAIL", ["host_unknown", "HOST is not an address of this machine. Set it to one, or to 0.0.0.0"]],
  ["ENOTFOUND", ["host_unknown", "HOST cannot be resolved. Set it to an address of this machine"]],
  ["EAI_AGAIN", ["host_unknown", "HOST cannot be resolved. Set it to an address of this machine"]],
]);

/**
 * @returns the URL that the server listens at
 * @throws ListenError
 */
export function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  return explainListening(host, port, () => app.listen({ host, port }));
}

/**
 * Binds a plain server of Node's.
 * @throws ListenError
 */
export async function listenPlain(server: Server, host: string, port: number): Promise<void> {
  await explainListening(host, port, async () => {
    server.listen({ host, port });
    // Rejects with the server's error.
    await once(server, "listening");
  });
}

async function explainListening<Result>(host: string, port: number, bind: () => Promise<Result>): Promise<Result> {
  try {
    return await bind();
  } catch (cause) {
    const { code: nodeCode = "", message } = cause as NodeJS.ErrnoException;
    const [code, what] = reasons.get(nodeCode) ?? (["cannot_listen", "check HOST and PORT"] as const);
    throw new ListenError(code, `cannot listen at ${host}:${port} (${message}): ${what}.`, { cause });
  }
}
