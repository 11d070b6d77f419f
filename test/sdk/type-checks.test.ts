/** What the published types accept and refuse, by the compilers that products use, each declaration file checked. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeProduct } from "./describe-product.ts";

const products = join(import.meta.dirname, "products/compilers");
const manifest = JSON.parse(readFileSync(join(products, "package.json"), "utf8")) as {
  readonly dependencies: Readonly<Record<string, string>>;
};
const compilers = Object.keys(manifest.dependencies).filter((name) => name.startsWith("typescript-"));
/** Line of each mistake, and what its message has to name. */
const mistakes = readFileSync(join(products, "mistakes.ts"), "utf8")
  .split("\n")
  .flatMap((line, index) => {
    const names = / \/\/ names: (.+)$/.exec(line)?.[1];
    return names === undefined ? [] : [{ line: index + 1, code: line, names: names.split(", ") }];
  });

const resolutions = [
  { resolution: "node16", module: "node16", type: "module" },
  { resolution: "node16", module: "node16", type: "commonjs" },
  { resolution: "bundler", module: "esnext", type: "module" },
  { resolution: "node10", module: "commonjs", type: "commonjs" },
] as const;

await describeProduct("compilers", (laidOut) => {
  describe.each(compilers)("%s", (compiler) => {
    const version = Number(compiler.slice("typescript-".length));
    // The oldest and the newest take each way to find a package; TypeScript 7 has dropped node10.
    const known = [5, 6, 7].includes(version)
      ? resolutions.filter(({ resolution }) => resolution !== "node10" || version < 7)
      : resolutions.slice(0, 1);

    it.each(known)(
      "$resolution, $type",
      async ({ resolution, module, type }) => {
        const options = {
          noEmit: true,
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          // Checking Node's own declarations takes most of the time: once for each compiler.
          skipLibCheck: !(resolution === "node16" && type === "module"),
          module,
          moduleResolution: resolution,
          target: "es2022",
          // Those of Node 24 need a compiler of their time.
          types: [version < 5.6 ? "types-node-20" : "node"],
          ...(version >= 6 && resolution === "node10" ? { ignoreDeprecations: "6.0" } : {}),
          ...(type === "commonjs" ? { esModuleInterop: true } : {}),
        };
        writeFileSync(
          join(laidOut.folder, "tsconfig.json"),
          JSON.stringify({ compilerOptions: options, include: ["*.ts"] }),
        );
        const project = JSON.stringify({ name: "compilers", private: true, type });
        writeFileSync(join(laidOut.folder, "package.json"), project);
        const said = await compile(join(laidOut.installed, "node_modules", compiler, "bin/tsc"), laidOut.folder);

        const elsewhere = said.filter(({ file }) => file !== "mistakes.ts");
        expect(elsewhere).toEqual([]);
        expect(mistakes.length).toBeGreaterThan(40);
        const lines = new Set(mistakes.map(({ line }) => line));
        expect(said.filter(({ line }) => !lines.has(line))).toEqual([]);
        for (const { line, code, names } of mistakes) {
          const message = said
            .filter((one) => one.line === line)
            .map((one) => one.message)
            .join("\n");
          for (const name of names) expect(message, code).toContain(name);
        }
      },
      240_000,
    );
  });
});

interface Diagnostic {
  readonly file: string;
  readonly line: number;
  message: string;
}

/** Runs a compiler in a laidOut.folder, and reads what it says. */
async function compile(tsc: string, cwd: string): Promise<Diagnostic[]> {
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [tsc, "--pretty", "false", "--noErrorTruncation"], { cwd }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") reject(error);
      else resolve(stdout + stderr);
    });
  });
  const said: Diagnostic[] = [];
  for (const line of output.split("\n")) {
    const match = /^(\S+)\((\d+),\d+\): (error .*)$/.exec(line);
    if (match !== null) said.push({ file: match[1]!, line: Number(match[2]), message: match[3]! });
    else if (line.startsWith("error ")) said.push({ file: "", line: 0, message: line });
    else if (said.length > 0) said.at(-1)!.message += `\n${line}`;
  }
  return said;
}
