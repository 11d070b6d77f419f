import type { Config } from "./config/config.ts";
import { listenPlain } from "./listen.ts";
import { createStartingServer, type StartPhase } from "./operating/answer-while-starting.ts";

/** The answers of the time before the receiver listens. */
export interface EarlyAnswers {
  setPhase(phase: StartPhase): void;
  /** Gives the port back. */
  close(): void;
}

/**
 * Binds the port at once: a start may have to wait for PostgreSQL, and `/livez` answers meanwhile.
 * @throws ListenError
 */
export async function answerEarly(config: Pick<Config, "host" | "port" | "basePath">): Promise<EarlyAnswers> {
  const { host, port, basePath } = config;
  let phase: StartPhase = "preparing";
  const setPhase = (now: StartPhase): void => void (phase = now);
  // Nobody knows yet which port to ask.
  if (port === 0) return { setPhase, close: () => {} };
  const server = createStartingServer(basePath, () => phase);
  await listenPlain(server, host, port);
  return {
    setPhase,
    close() {
      server.close();
      server.closeIdleConnections();
    },
  };
}
