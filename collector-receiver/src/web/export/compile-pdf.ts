import { extname } from "node:path";
import { Worker } from "node:worker_threads";

/** What the thread needs for a document. */
export interface PdfRequest {
  readonly id: number;
  /** Typst. */
  readonly source: string;
  /** JSON, for the source to read as `sys.inputs.report`. */
  readonly input: string;
  readonly fontFolder: string;
  readonly createdAtSeconds: number;
}

export type CompiledPdf =
  | { readonly id: number; readonly pdf: Uint8Array; readonly problem?: undefined }
  | { readonly id: number; readonly problem: string };

interface Waiting {
  readonly resolve: (pdf: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** Beyond this many documents a further one is refused: each holds its data while it waits. */
const maxWaiting = 20;
/** The thread holds tens of MiB; it ends if nobody asks for so long. */
const idleMs = 60_000;

let thread: { readonly worker: Worker; readonly waiting: Map<number, Waiting> } | undefined;
let ending: NodeJS.Timeout | undefined;
let lastId = 0;

/** Too many documents are being made. */
export class TooManyDocumentsError extends Error {
  override readonly name = "TooManyDocumentsError";
  readonly code = "too_many_documents";
  readonly statusCode = 503;
}

/**
 * Compiles a document in a thread of its own, one after the other, so that ingest and other readers go on meanwhile.
 * @throws TooManyDocumentsError; an Error with Typst's message
 */
export function compilePdf(request: Omit<PdfRequest, "id">): Promise<Buffer> {
  thread ??= startThread();
  const { worker, waiting } = thread;
  if (waiting.size >= maxWaiting) {
    return Promise.reject(new TooManyDocumentsError("Too many PDF files are being made: try again in a moment."));
  }
  clearTimeout(ending);
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.ref();
    worker.postMessage({ id, ...request } satisfies PdfRequest);
  });
}

function startThread(): NonNullable<typeof thread> {
  const file = `./typst-worker${extname(import.meta.url)}`;
  const worker = new Worker(new URL(file, import.meta.url), { name: "pdf" });
  const waiting = new Map<number, Waiting>();
  const started = { worker, waiting };
  worker.on("message", (answer: CompiledPdf) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.problem === undefined)
      asked?.resolve(Buffer.from(answer.pdf.buffer, answer.pdf.byteOffset, answer.pdf.length));
    else asked?.reject(new Error(answer.problem));
    if (waiting.size > 0) return;
    // Only documents that somebody waits for keep the process alive.
    worker.unref();
    endLater(started);
  });
  const fail = (error: Error): void => {
    if (thread === started) thread = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("the thread that makes PDF files ended")));
  return started;
}

function endLater(started: NonNullable<typeof thread>): void {
  ending = setTimeout(() => {
    if (thread === started) thread = undefined;
    void started.worker.terminate();
  }, idleMs);
  ending.unref();
}
