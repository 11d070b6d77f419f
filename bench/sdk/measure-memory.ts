import { execFile } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { median } from "../summarise.ts";
import { unpackSdk } from "../../test/sdk/product-folder.ts";

const run = promisify(execFile);
const here = import.meta.dirname;

/** Memory of a whole process a second after its last event, in MiB. */
export interface ProcessMemory {
  /** RSS. */
  readonly all: number;
  /** Without pages of files, such as Node's own code, which the processes of a machine share and the kernel may take back. */
  readonly own: number;
}

export interface MemoryFigures {
  readonly without: ProcessMemory;
  /** With one empty worker thread of Node's instead of the SDK. */
  readonly emptyWorker: ProcessMemory;
  /** With the SDK, and one event sent. */
  readonly sdk: ProcessMemory;
  /** With the SDK, and 20,000 events sent in bursts of 1,000. */
  readonly sdkAfterEvents: ProcessMemory;
}

/** Processes that are measured: one serves HTTP, one computes, one does nothing else. */
export const memoryKinds = ["server", "script", "empty"] as const;

/** Of the package as published: from its sources, Node's compiler would count too. */
export async function measureMemory(
  sink: string,
): Promise<Readonly<Record<(typeof memoryKinds)[number], MemoryFigures>>> {
  // Inside the clone, so that the package finds its peers.
  const folder = join(here, `../../.spanledger/bench-memory-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    cpSync(await unpackSdk(), join(folder, "node_modules/@spanledger/sdk"), { recursive: true });
    copyFileSync(join(here, "memory-product.mjs"), join(folder, "product.mjs"));
    const measure = async (kind: string, use: string): Promise<ProcessMemory> => {
      const measured: ProcessMemory[] = [];
      for (let i = 0; i < 5; i += 1) {
        const file = join(folder, "product.mjs");
        const { stdout } = await run(process.execPath, [file, kind, use, sink], { cwd: folder });
        measured.push(JSON.parse(stdout) as ProcessMemory);
      }
      return { all: median(measured.map(({ all }) => all)), own: median(measured.map(({ own }) => own)) };
    };
    const figures = async (kind: string): Promise<MemoryFigures> => ({
      without: await measure(kind, "nothing"),
      emptyWorker: await measure(kind, "worker"),
      sdk: await measure(kind, "sdk"),
      sdkAfterEvents: await measure(kind, "events"),
    });
    return { server: await figures("server"), script: await figures("script"), empty: await figures("empty") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
