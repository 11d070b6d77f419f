import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { FairLine } from "../../fairness/fair-line.ts";
import { FairShares } from "../../fairness/fair-shares.ts";

/** What the thread needs for a document. */
export interface PdfRequest {
  /** Typst. */
  readonly source: string;
  /** JSON, for the source to read as `sys.inputs.report`. */
  readonly input: string;
  readonly fontFolder: string;
  readonly createdAtSeconds: number;
}

export type CompiledPdf = { readonly pdf: Uint8Array; readonly problem?: undefined } | { readonly problem: string };

interface Document {
  readonly request: PdfRequest;
  readonly tenantId: string;
  readonly resolve: (pdf: Buffer) => void;
  readonly reject: (error: Error) => void;
}

interface PdfThread {
  readonly worker: Worker;
  /** The one that is being made. */
  making: Document | undefined;
}

/** Beyond this many documents a further one is refused, and a tenant has a share of them: each holds its data while it waits. */
const maxDocuments = 20;
/** The thread holds tens of MiB; it ends if nobody asks for so long. */
const idleMs = 60_000;

const line = new FairLine<Document>();
const shares = new FairShares(maxDocuments);
let thread: PdfThread | undefined;
let ending: NodeJS.Timeout | undefined;

/** Too many documents are being made. */
export class TooManyDocumentsError extends Error {
  override readonly name = "TooManyDocumentsError";
  readonly code = "too_many_documents";
  readonly statusCode = 503;
}

/**
 * Compiles a document in a thread of its own, so that ingest and other readers go on meanwhile. One is made after the other,
 * and tenants take turns.
 * @throws TooManyDocumentsError; an Error with Typst's message
 */
export function compilePdf(tenantId: string, request: PdfRequest): Promise<Buffer> {
  if (shares.exceeds(tenantId, 1) !== undefined) {
    return Promise.reject(new TooManyDocumentsError("Too many PDF files are being made: try again in a moment."));
  }
  shares.take(tenantId, 1);
  const made = new Promise<Buffer>((resolve, reject) => {
    line.push(tenantId, { request, tenantId, resolve, reject });
    makeNext();
  });
  return made.finally(() => shares.give(tenantId, 1));
}

function makeNext(): void {
  if (thread?.making !== undefined || line.length === 0) return;
  clearTimeout(ending);
  thread ??= startThread();
  thread.making = line.next();
  thread.worker.ref();
  thread.worker.postMessage(thread.making!.request);
}

function startThread(): PdfThread {
  const file = `./typst-worker${extname(import.meta.url)}`;
  const worker = new Worker(new URL(file, import.meta.url), { name: "pdf" });
  const started: PdfThread = { worker, making: undefined };
  worker.on("message", (answer: CompiledPdf) => {
    const { making } = started;
    started.making = undefined;
    if (answer.problem === undefined)
      making?.resolve(Buffer.from(answer.pdf.buffer, answer.pdf.byteOffset, answer.pdf.length));
    else making?.reject(new Error(answer.problem));
    // Only documents that somebody waits for keep the process alive.
    worker.unref();
    endLater(started);
    makeNext();
  });
  const fail = (error: Error): void => {
    const { making } = started;
    started.making = undefined;
    if (thread === started) thread = undefined;
    making?.reject(error);
    makeNext();
  };
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("the thread that makes PDF files ended")));
  return started;
}

function endLater(started: PdfThread): void {
  clearTimeout(ending);
  ending = setTimeout(() => {
    if (thread === started) thread = undefined;
    void started.worker.terminate();
  }, idleMs);
  ending.unref();
}
