import { Redis } from "ioredis";

export interface RedisConnectionOptions {
  /** `redis://:password@host:6379/0`, or `rediss://…` for TLS. */
  readonly url: string;
  readonly name: string;
  /** After so long without an answer a command has failed. */
  readonly commandTimeoutMs: number;
  /** Called once when the connection is lost or cannot be made, and once when it is there again. */
  readonly onChange: (connected: boolean, error?: Error) => void;
}

const connectTimeoutMs = 2_000;
const maxReconnectMs = 2_000;

/**
 * A connection that fails fast instead of waiting: no queue while Redis is away, no command sent twice,
 * and a new attempt to connect at least every 2 s, for ever.
 */
export function openRedis({ url, name, commandTimeoutMs, onChange }: RedisConnectionOptions): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    commandTimeout: commandTimeoutMs,
    connectTimeout: connectTimeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(maxReconnectMs, 100 * 2 ** Math.min(attempt, 5)),
  });
  let told: boolean | undefined;
  let lastError: Error | undefined;
  const tell = (connected: boolean): void => {
    if (told === connected) return;
    told = connected;
    onChange(connected, lastError);
  };
  redis.on("error", (error: Error) => {
    lastError = error;
    tell(false);
  });
  redis.on("close", () => tell(false));
  redis.on("ready", () => {
    lastError = undefined;
    tell(true);
  });
  return redis;
}
