import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadConfig } from "../../../collector-receiver/src/config/load-config.ts";
import { readDatabaseServers } from "../../../collector-receiver/src/config/database-servers.ts";
import { nameServer } from "../../../collector-receiver/src/storage/wire/name-server.ts";

const tried = (url: string) => readDatabaseServers(url).map((server) => `${server.attributes} ${server.url}`);

describe("hosts of a connection string", () => {
  test.each([
    ["postgres://u:p@db/x", ["any postgres://u:p@db/x"]],
    ["postgresql://u:p%40q@db:5433/x?application_name=a", ["any postgresql://u:p%40q@db:5433/x?application_name=a"]],
    [
      "postgresql://u:p@a:5432,b:5433/x",
      ["read-write postgresql://u:p@a:5432/x", "read-write postgresql://u:p@b:5433/x"],
    ],
    ["postgresql://a,[::1]:5433/x?target_session_attrs=any", ["any postgresql://a/x", "any postgresql://[::1]:5433/x"]],
    [
      "postgresql://u@/x?host=a,b&port=5432,5433&target_session_attrs=primary",
      ["primary postgresql://u@a:5432/x", "primary postgresql://u@b:5433/x"],
    ],
    [
      "postgresql:///x?host=a,fe80::1&port=5433",
      ["read-write postgresql://a:5433/x", "read-write postgresql://[fe80::1]:5433/x"],
    ],
    ["postgresql://u@/x?host=/var/run/pg&port=5433", ["any postgresql://u@/x?host=%2Fvar%2Frun%2Fpg"]],
    [
      "postgresql://a,b/x?target_session_attrs=prefer-standby&load_balance_hosts=random",
      ["standby postgresql://a/x", "standby postgresql://b/x", "any postgresql://a/x", "any postgresql://b/x"],
    ],
    ["postgresql://a/x?target_session_attrs=read-write", ["read-write postgresql://a/x"]],
  ])("%s", (url, expected) => {
    expect(tried(url)).toEqual(expected);
  });

  test("are named in messages without user and password", () => {
    expect(nameServer("postgresql://u:hunter2@a:5432,b:5433/x?sslmode=prefer")).toBe("a:5432, b:5433");
    expect(nameServer("postgresql://u:hunter2@db/x?target_session_attrs=nonsense")).toBe("");
    expect(nameServer(undefined)).toBe("");
  });

  test("several are a valid DATABASE_URL, and what no server can be is not", () => {
    const DATABASE_URL = "postgresql://u:p@a:5432,b:5433/x";
    const config = loadConfig({
      DATABASE_URL,
      READ_DATABASE_URL: `${DATABASE_URL}?target_session_attrs=prefer-standby`,
    });
    expect(config.databaseUrl).toBe(DATABASE_URL);
    for (const url of ["postgresql://u:p@a:5432:1,b/x", "postgresql://u:p@a,b:port/x"]) {
      expect(() => loadConfig({ DATABASE_URL: url }), url).toThrow(/DATABASE_URL/);
    }
    expect(() => loadConfig({ READ_DATABASE_URL: DATABASE_URL })).toThrow(/READ_DATABASE_URL.*without DATABASE_URL/);
    for (const wrong of [
      "target_session_attrs=master",
      "sslmode=yes",
      "sslmode=verify-ca",
      "sslmode=require&sslrootcert=system",
    ]) {
      expect(() => loadConfig({ DATABASE_URL: `postgresql://u:hunter2@a/x?${wrong}` }), wrong).toThrow(/DATABASE_URL/);
      expect(() => loadConfig({ DATABASE_URL: `postgresql://u:hunter2@a/x?${wrong}` }), wrong).not.toThrow(/hunter2/);
    }
  });

  test("names each file of certificates that cannot be read", () => {
    const folder = mkdtempSync(join(tmpdir(), "spanledger-certificates-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [there, missing] = [join(folder, "there.pem"), join(folder, "missing.pem")];
    writeFileSync(there, "");
    const url = (option: string, file: string) => `postgresql://u:hunter2@a,b/x?sslmode=require&${option}=${file}`;
    for (const option of ["sslrootcert", "sslcert", "sslkey"]) {
      expect(loadConfig({ DATABASE_URL: url(option, there) }).databaseUrl).toBe(url(option, there));
      const load = () => loadConfig({ DATABASE_URL: url(option, missing) });
      expect(load).toThrow(`names ${option}=${missing}, which cannot be read (ENOENT)`);
      expect(load).not.toThrow(/hunter2/);
    }
  });
});

describe("sslmode", () => {
  const modes = (options: string) =>
    readDatabaseServers(`postgresql://a/x?${options}`).map(({ url }) => url.replace("postgresql://a/x", ""));
  test.each([
    ["sslmode=disable", ["?sslmode=disable&uselibpqcompat=true"]],
    ["sslmode=allow", ["?sslmode=disable&uselibpqcompat=true", "?sslmode=prefer&uselibpqcompat=true"]],
    ["sslmode=prefer", ["?sslmode=prefer&uselibpqcompat=true", "?sslmode=disable&uselibpqcompat=true"]],
    ["sslmode=require", ["?sslmode=require&uselibpqcompat=true"]],
    ["sslmode=verify-full&sslrootcert=system", ["?sslmode=verify-full&uselibpqcompat=true"]],
    ["sslmode=verify-ca&sslrootcert=/ca.pem", ["?sslmode=verify-ca&sslrootcert=%2Fca.pem&uselibpqcompat=true"]],
    ["sslmode=no-verify", ["?sslmode=no-verify"]],
    ["sslmode=require&uselibpqcompat=false", ["?sslmode=require&uselibpqcompat=false"]],
  ])("%s", (options, expected) => {
    expect(modes(options)).toEqual(expected);
  });
});
