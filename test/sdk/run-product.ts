import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

const productsFolder = join(import.meta.dirname, "products");

export interface ProductOptions {
  readonly endpoint?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  /** Node, Bun or Deno to run it with. Default: the Node that runs the tests. */
  readonly node?: string;
  /** A file elsewhere, instead of a name in `products/`. */
  readonly file?: string;
  readonly cwd?: string;
}

/** How a product ended. */
export interface ProductEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the start to the end, in ms. */
  readonly tookMs: number;
  /** To the end, in ms: from the signal or whatever else asked for it, or else from the start. */
  readonly endedMs: number;
}

/** A product of `products/` in a process of its own. */
export class RunningProduct {
  readonly child: ChildProcess;
  readonly ended: Promise<ProductEnd>;
  stdout = "";
  stderr = "";
  #askedAt: number;

  constructor(name: string, options: ProductOptions = {}) {
    const started = performance.now();
    this.#askedAt = started;
    // A product in production knows nothing of the runner of these tests.
    const { NODE_OPTIONS: _options, NODE_ENV: _env, VITEST: _vitest, ...inherited } = process.env;
    this.child = spawn(
      options.node ?? process.execPath,
      [
        // A product elsewhere has the packed SDK, without its sources.
        ...(options.file === undefined ? ["--conditions=spanledger-source"] : []),
        ...(options.nodeArgs ?? []),
        options.file ?? join(productsFolder, `${name}.ts`),
        ...(options.args ?? []),
      ],
      {
        cwd: options.cwd ?? productsFolder,
        env: {
          ...inherited,
          ...(options.endpoint === undefined ? {} : { SPANLEDGER_OTLP_ENDPOINT: options.endpoint }),
          OTEL_SERVICE_NAME: "product-under-test",
          // A machine that is busy with other tests may take longer than the default to start a worker.
          SPANLEDGER_EXIT_WAIT_MS: "20000",
          ...options.env,
        },
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    this.child.stdout!.on("data", (part: Buffer) => (this.stdout += part.toString()));
    this.child.stderr!.on("data", (part: Buffer) => (this.stderr += part.toString()));
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject);
      this.child.on("close", (code, signal) => {
        const ended = performance.now();
        const times = { tookMs: ended - started, endedMs: ended - this.#askedAt };
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr, ...times });
      });
    });
  }

  /** Resolves as soon as the product has printed this line. */
  async printed(line: string): Promise<void> {
    while (!this.stdout.includes(line)) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`the product ended before it printed "${line}":\n${this.stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Now the product is asked to end. */
  asked(): void {
    this.#askedAt = performance.now();
  }

  kill(signal: NodeJS.Signals): void {
    this.asked();
    this.child.kill(signal);
  }
}

/** Runs a product to its end. */
export function runProduct(name: string, options: ProductOptions = {}): Promise<ProductEnd> {
  return new RunningProduct(name, options).ended;
}
