import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { locateInRepository } from "../../../docs/generate-documents.ts";

/** Prints the address of every module that `start-receiver.ts` brings with it. */
const listModules = `
  import { registerHooks } from "node:module";
  const urls = [];
  registerHooks({
    load(url, context, next) {
      urls.push(url);
      return next(url, context);
    },
  });
  await import(process.argv[1]);
  process.stdout.write(JSON.stringify(urls));
`;

test("a receiver that only ingests loads nothing for PDF, pictures, checks of queries, Redis, migrations or an embedded PostgreSQL", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      "--conditions=spanledger-source",
      "--input-type=module",
      "--eval",
      listModules,
      locateInRepository("collector-receiver/src/start-receiver.ts"),
    ],
    { maxBuffer: 16 * 1024 * 1024 },
  );
  const urls = JSON.parse(stdout) as string[];
  expect(urls.filter((url) => url.endsWith("collector-receiver/src/ingest/group-commit.ts"))).toHaveLength(1);
  for (const unused of [
    "node_modules/@myriaddreamin/",
    "node_modules/@resvg/",
    "node_modules/ioredis/",
    "node_modules/node-pg-migrate/",
    "node_modules/@fastify/type-provider-typebox/",
    "node_modules/typebox/build/compile/",
    "embedded/embedded-postgres.ts",
  ]) {
    expect(
      urls.filter((url) => url.includes(unused)),
      unused,
    ).toEqual([]);
  }
});
