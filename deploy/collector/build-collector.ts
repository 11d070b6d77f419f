import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findGo } from "../setup/find-language.ts";
import { findProgram, isExecutable } from "../setup/find-program.ts";
import { builderManifest, locateBuiltCollector } from "./find-collector.ts";

/**
 * Builds the Collector of the manifest unless that was done before. Takes some minutes.
 * @returns the path of the program
 * @throws with what to do if Go is missing or too old, or the build fails
 */
export async function buildCollector(say: (line: string) => void): Promise<string> {
  const target = await locateBuiltCollector();
  if (await isExecutable(target)) return target;
  const { path: go, reason } = await findGo();
  if (go === undefined) {
    throw new Error(`${reason}; install it to build the Collector, or set OTELCOL_BIN to an otelcol-contrib`);
  }
  const manifest = await readFile(builderManifest, "utf8");
  const version = /^ {2}version: (\S+)$/m.exec(manifest)?.[1];
  if (version === undefined) throw new Error(`${builderManifest} names no dist.version`);

  await mkdir(dirname(dirname(target)), { recursive: true });
  const work = await mkdtemp(`${dirname(target)}-unfinished-`);
  try {
    const config = join(work, "builder.yaml");
    const output = join(work, "out");
    await writeFile(config, manifest.replace(/^dist:$/m, `dist:\n  output_path: ${JSON.stringify(output)}`));
    say(`building the Collector ${version} from its Go modules; this takes some minutes`);
    // The builder's own version is the one of the components.
    const command = [go, "run", `go.opentelemetry.io/collector/cmd/builder@v${version}`, "--config", config];
    const nice = await findProgram("nice");
    const [program = go, ...args] = nice === undefined ? command : [nice, "-n", "10", ...command];
    const child = spawn(program, args, { cwd: work, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const collect = (chunk: Buffer) => (said += chunk.toString());
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) {
      throw new Error(`the build failed (exit code ${code}); it ended:\n${said.split("\n").slice(-15).join("\n")}`);
    }
    // Only the program is kept, and a folder that is there is complete.
    const result = join(work, "result");
    await mkdir(result);
    await rename(join(output, "otelcol-spanledger"), join(result, "otelcol-spanledger"));
    await rm(dirname(target), { recursive: true, force: true });
    await rename(result, dirname(target));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}

if (import.meta.main) {
  process.stdout.write(`${await buildCollector((line) => process.stderr.write(`${line}\n`))}\n`);
}
