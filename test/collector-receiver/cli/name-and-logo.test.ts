import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readDisplayName, readLogo } from "../../../collector-receiver/src/cli/read-logo.ts";
import { createTestDatabase } from "../../support/create-test-database.ts";
import { spanledger } from "./run-cli.ts";

async function fileOf(bytes: Buffer | string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-logo-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "logo"), bytes);
  return join(folder, "logo");
}

describe("a logo", () => {
  test.each([
    ["image/png", Buffer.from("89504e470d0a1a0a0000", "hex")],
    ["image/jpeg", Buffer.from("ffd8ffe000104a464946", "hex")],
    ["image/gif", Buffer.from("GIF89a")],
    ["image/webp", Buffer.from("RIFF\u0001\u0002\u0003\u0004WEBPVP8 ")],
    ["image/svg+xml", '<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ["image/svg+xml", '\ufeff<svg viewBox="0 0 1 1"></svg>'],
  ])("is told by what it begins with: %s", async (type, bytes) => {
    expect(readLogo(await fileOf(bytes))).toBe(`data:${type};base64,${Buffer.from(bytes).toString("base64")}`);
  });

  test.each([
    ["not a picture", "<html><svg></svg></html>", "is not a picture"],
    ["an empty file", "", "is not a picture"],
    ["a large one", Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(16_377)]), "16385 bytes"],
  ])("is refused if it is %s", async (_, bytes, message) => {
    const file = await fileOf(bytes);
    expect(() => readLogo(file)).toThrow(message);
  });

  test("is refused if there is no such file, and taken away by none", () => {
    expect(() => readLogo("/nowhere/logo.png")).toThrow("cannot be read");
    expect(readLogo("none")).toBeNull();
  });
});

test("a name has 1 to 80 characters that can be seen", () => {
  expect(readDisplayName("  茶与咖啡 ")).toBe("茶与咖啡");
  expect(readDisplayName("😀".repeat(40))).toHaveLength(80);
  expect(readDisplayName("none")).toBeNull();
  for (const name of ["", " ", "x".repeat(81), "a\u0007b", "a\nb"])
    expect(() => readDisplayName(name)).toThrow("1 to 80");
});

test("spanledger settings stores both for one tenant, says so in the audit, and takes them away again", async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const environment = { DATABASE_URL: database.connectionString };
  await database.pool.query(
    `insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, counting_rules)
     select name, 'Asia/Shanghai', 'CNY', 86400, 'epoch', 2 from unnest(array['a', 'b']) as name`,
  );
  const stored = async () => {
    const { rows } = await database.pool.query(
      "select tenant_id, display_name, logo from analytics_settings order by 1",
    );
    return rows.map(({ tenant_id: tenant, display_name: name, logo }) => [tenant, name, logo]);
  };
  const logo = await fileOf("GIF89a");
  const all = await spanledger(environment, "settings", "--name", "Tea");
  expect(all).toMatchObject({ code: 1, stderr: expect.stringContaining("--tenant") });
  const set = await spanledger(environment, "settings", "--tenant", "b", "--name", "Tea & Co", "--logo", logo);
  expect(set).toMatchObject({ code: 0, stdout: expect.stringMatching(/name +Tea & Co[\s\S]*logo +yes/) });
  expect(await stored()).toEqual([
    ["a", null, null],
    ["b", "Tea & Co", "data:image/gif;base64,R0lGODlh"],
  ]);
  const { rows } = await database.pool.query("select details from analytics_audit where action = 'settings'");
  expect(rows).toHaveLength(1);
  expect(rows[0].details.change).toEqual({ displayName: "Tea & Co", logo: "30 characters" });
  expect((await spanledger(environment, "settings", "--tenant", "b", "--name", "none", "--logo", "none")).code).toBe(0);
  expect(await stored()).toEqual([
    ["a", null, null],
    ["b", null, null],
  ]);
});
