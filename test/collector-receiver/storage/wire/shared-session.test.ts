import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { isSessionShared } from "../../../../collector-receiver/src/storage/wire/refuse-shared-session.ts";
import { useTestDatabase } from "../../../support/create-test-database.ts";

/** What a pooler does that gives each transaction a session: the one that was let go last, or another one if all are held. */
function openPooler(maxSessions: number) {
  const idle = [1];
  let opened = 1;
  const waiting: (() => void)[] = [];
  const take = async (): Promise<number> => {
    for (;;) {
      const free = idle.pop();
      if (free !== undefined) return free;
      if (opened < maxSessions) return ++opened;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const letGo = (session: number): void => {
    idle.push(session);
    waiting.shift()?.();
  };
  return () => {
    let held: number | undefined;
    return {
      async query(text: string) {
        const session = held ?? (await take());
        held = text === "begin" ? session : text === "rollback" ? undefined : held;
        if (held === undefined) letGo(session);
        return { rows: [{ pid: session }] };
      },
    };
  };
}

test.each([1, 2, 20])("a pooler that hands out %i sessions by transaction is known by it", async (sessions) => {
  const connect = openPooler(sessions);
  expect(await isSessionShared(connect(), connect())).toBe(true);
});

test("connections to PostgreSQL itself keep their sessions", async () => {
  const { connectionString } = await useTestDatabase();
  const open = async () => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  };
  expect(await isSessionShared(await open(), await open())).toBe(false);
});
