import { connect } from "node:net";
import { expect, test } from "vitest";
import { findRedisServer } from "../../deploy/setup/find-redis-server.ts";
import { describeWith } from "../support/describe-with.ts";
import { startTestRedis } from "../support/start-test-redis.ts";

describeWith("redis-server (npm run setup)", await findRedisServer(), (source) => {
  test("starts, keeps a value, and can be killed and started again on its port", async () => {
    const redis = await startTestRedis(source());
    expect(await ask(redis.port, "SET spanledger:test 1")).toBe("+OK");
    expect(await ask(redis.port, "DEL spanledger:test")).toBe(":1");
    if (redis.pid === undefined) return;
    await redis.stop("SIGKILL");
    await expect(ask(redis.port, "PING")).rejects.toThrow();
    const again = await startTestRedis(source(), { port: redis.port });
    expect(await ask(again.port, "PING")).toBe("+PONG");
    await again.stop();
  });
});

function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write(`${command}\r\n`));
    socket.once("data", (data) => {
      socket.destroy();
      resolve(data.toString().trim());
    });
    socket.once("error", reject);
  });
}
