/** Next.js as products build and run it: Turbopack and webpack, `next start` and a standalone server in another folder. */
import { execFile } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findSdkProduct } from "../../deploy/setup/obtain-sdk-products.ts";
import { describeWith } from "../support/describe-with.ts";
import { expectSameEnd } from "./compare-ends.ts";
import { makeFolder, removeFolder } from "./fresh-folder.ts";
import { layOutProduct } from "./product-folder.ts";
import { RunningProduct, type ProductEnd } from "./run-product.ts";
import { printSupport, rowsOf, type End } from "./support-matrix.ts";

const run = promisify(execFile);
/** A build takes some 20 s on two processors that have nothing else to do. */
const buildMs = 900_000;
const requests = 20;

/** Each with what `next build` is given. */
const builds: Readonly<Record<string, { readonly args: readonly string[]; readonly env: Record<string, string> }>> = {
  turbopack: { args: [], env: {} },
  webpack: { args: ["--webpack"], env: {} },
  without: { args: [], env: { WITHOUT_SDK: "1" } },
};

describeWith("the packages of test/sdk/products/next (npm run setup)", await findSdkProduct("next"), (installed) => {
  const moved = makeFolder();
  let folder: string;
  const next = (): string => join(installed(), "node_modules/next/dist/bin/next");

  /** Builds what `next start` runs, and a server that needs nothing else: that one is taken elsewhere. */
  const build = async (name: string): Promise<void> => {
    const { args, env } = builds[name]!;
    await run(process.execPath, [next(), "build", ...args], {
      cwd: folder,
      env: { ...clean(process.env), ...env, DIST_FOLDER: `.${name}` },
    });
    cpSync(join(folder, `.${name}/standalone`), join(moved, name), { recursive: true, verbatimSymlinks: true });
  };

  beforeAll(async () => {
    folder = await layOutProduct("next", installed());
    for (const name of Object.keys(builds)) await build(name);
  }, buildMs);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    removeFolder(moved);
  }, buildMs);

  const start = async (how: string, name: string, env: Readonly<Record<string, string>>, endpoint: string) => {
    const port = await freePort();
    const product = new RunningProduct("", {
      ...(how === "start"
        ? {
            file: next(),
            cwd: folder,
            args: ["start", "--port", String(port), "--hostname", "127.0.0.1"],
          }
        : { file: join(moved, name, basename(folder), "server.js"), cwd: moved }),
      endpoint,
      env: {
        ...env,
        DIST_FOLDER: `.${name}`,
        PORT: String(port),
        HOSTNAME: "127.0.0.1",
        NEXT_TELEMETRY_DISABLED: "1",
      },
    });
    await product.printed("Ready");
    return { product, url: `http://127.0.0.1:${port}` };
  };

  it.each(rowsOf("Next.js"))(
    "$name",
    async (row) => {
      const [bundler = "", how = ""] = row.key.split(" ");
      for (const end of row.ends) {
        const events = await expectSameEnd({
          events: requests * 2 + 1,
          run: async (sdk, { env, endpoint }) => {
            const { product, url } = await start(how, sdk === "with" ? bundler : "without", env, endpoint);
            for (let i = 0; i < requests; i += 1) {
              const answer = await fetch(`${url}/parcels/${i}`);
              expect(await answer.text()).toBe("found");
            }
            const ended = await endServer(product, url, end);
            // The address is another each time.
            return { ...ended, stdout: "" };
          },
        });
        const tracked = events.filter(({ name }) => name === "query.tracking");
        const numbers = new Set(tracked.map(({ attributes }) => attributes["tracking_number"]));
        expect(numbers).toEqual(new Set(Array.from({ length: requests }, (_, i) => String(i))));
        // The first request may have begun before instrumentation.js.
        expect(tracked.at(-1)!.attributes).toMatchObject({ session_id: "s-1", success: true });
        const asked = events.filter(({ name }) => name === "shop.asked");
        expect(asked[0]!.attributes).toMatchObject({ session_id: "s-1", sending: "worker" });
        // What instrumentation.js started, the routes use, although each has a bundle of its own.
        expect(new Set(events.map(({ sourceId }) => sourceId)).size).toBe(1);
      }
      printSupport(row);
    },
    buildMs,
  );
});

/** Next.js survives an uncaught error, and ends by the signal behind it. */
async function endServer(product: RunningProduct, url: string, end: End): Promise<ProductEnd> {
  product.asked();
  // The server may be gone before its answer is read.
  const answer = fetch(`${url}/end/${end === "exit" ? "exit" : "throw"}`).then((response) => response.text());
  await answer.catch(() => undefined);
  if (end === "SIGTERM") {
    while (!product.stderr.includes("uncaught on purpose")) await new Promise((resolve) => setTimeout(resolve, 20));
    product.kill("SIGTERM");
  }
  return product.ended;
}

/** Nothing of the test runner. */
function clean(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_ENV: _env, VITEST: _vitest, ...others } = env;
  return { ...others, NEXT_TELEMETRY_DISABLED: "1" };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
