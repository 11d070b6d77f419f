/** Odd environments: flags of Node, variables, a broken pipe, a working directory that is gone. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { expectSameEnd } from "./compare-ends.ts";
import { OtlpSink } from "./otlp-sink.ts";
import { describeProduct } from "./describe-product.ts";
import { runProduct, type ProductEnd, type ProductOptions } from "./run-product.ts";

type Environment = Pick<ProductOptions, "node" | "nodeArgs" | "env">;

/** A shell that runs `command`; in it, `"$@"` is Node with the product. */
const shell = (command: string): Environment => ({ node: "bash", nodeArgs: ["-c", command, "bash", process.execPath] });

await describeProduct("runtimes", (laidOut) => {
  const run = (sdk: string, how: string, endpoint: string, { env, ...options }: Environment): Promise<ProductEnd> =>
    runProduct("", {
      ...options,
      file: join(laidOut.folder, `shop/${sdk}.js`),
      cwd: laidOut.folder,
      args: [how],
      endpoint,
      env: { ...env },
    });

  it.each<[name: string, environment: Environment, how?: string]>([
    ["no code from strings", { nodeArgs: ["--disallow-code-generation-from-strings"] }],
    ["frozen intrinsics", { nodeArgs: ["--frozen-intrinsics"] }],
    ["__proto__ throws", { nodeArgs: ["--disable-proto=throw"] }],
    ["no just-in-time compiler", { nodeArgs: ["--jitless"] }],
    ["deprecations throw", { nodeArgs: ["--throw-deprecation", "--pending-deprecation"] }],
    ["permissions, with threads", { nodeArgs: ["--permission", "--allow-fs-read=*", "--allow-worker"] }],
    ["a small heap", { nodeArgs: ["--max-old-space-size=24"] }],
    ["a small stack", { nodeArgs: ["--stack-size=200"] }],
    ["no folders", { env: { HOME: "", TMPDIR: "/nonexistent", PATH: "" } }],
    ["one thread in libuv's pool, an unknown time zone", { env: { UV_THREADPOOL_SIZE: "1", TZ: "Invalid/Zone" } }],
    ["no input and no output", shell('"$@" <&- >&-')],
    ["a reader that is gone", shell('"$@" | true; exit ${PIPESTATUS[0]}'), "broken-pipe"],
  ])("%s", async (_name, environment, how = "exit") => {
    await expectSameEnd({
      events: 700,
      run: (sdk, { endpoint, env }) => run(sdk, how, endpoint, { ...environment, env: { ...environment.env, ...env } }),
    });
  });

  it("a spool that the system lets nobody make: waits in memory, and says so", async () => {
    const sink = await OtlpSink.start();
    // Node's own way to make it, with the folders above it, never comes back from there.
    const end = await run("with", "exit", sink.url, { env: { SPANLEDGER_SPOOL_DIR: "/proc/spanledger/spool" } });
    await sink.stop();
    expect(end).toMatchObject({ code: 3, signal: null });
    expect(sink.eventIds.size).toBe(700);
    expect(end.stderr).toContain("the spool /proc/spanledger/spool cannot be written, events wait in memory");
  });

  it("a working directory that was removed: sends in the product's own thread, and says so", async () => {
    const sink = await OtlpSink.start();
    const gone = shell('cd "$(mktemp -d)"; rmdir "$PWD"; exec "$@"');
    const end = await run("with", "natural", sink.url, gone);
    await sink.stop();
    expect(end).toMatchObject({ code: 1, signal: null });
    expect(sink.eventIds.size).toBe(700);
    expect(end.stderr).toContain("sent in the product's own thread");
  });
});
