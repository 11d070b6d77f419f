import { extname } from "node:path";
import { FairLine } from "../../fairness/fair-line.ts";
import { FairShares } from "../../fairness/fair-shares.ts";
import { AskedThread } from "../../threads/asked-thread.ts";

/** What the thread needs for a document. */
export interface PdfRequest {
  /** Typst. */
  readonly source: string;
  /** JSON, for the source to read as `sys.inputs.report`. */
  readonly input: string;
  readonly fontFolder: string;
  readonly createdAtSeconds: number;
}

interface Document {
  readonly request: PdfRequest;
  readonly resolve: (pdf: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** Beyond this many documents a further one is refused, and a tenant has a share of them: each holds its data while it waits. */
const maxDocuments = 20;
const line = new FairLine<Document>();
const shares = new FairShares(maxDocuments);
const thread = new AskedThread<PdfRequest, Uint8Array>({
  file: new URL(`./typst-worker${extname(import.meta.url)}`, import.meta.url),
  name: "pdf",
});
let isMaking = false;

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
    line.push(tenantId, { request, resolve, reject });
    makeNext();
  });
  return made.finally(() => shares.give(tenantId, 1));
}

function makeNext(): void {
  if (isMaking) return;
  const next = line.next();
  if (next === undefined) return;
  isMaking = true;
  void thread
    .ask(next.request)
    .then((pdf) => next.resolve(Buffer.from(pdf.buffer, pdf.byteOffset, pdf.length)), next.reject)
    .finally(() => {
      isMaking = false;
      makeNext();
    });
}
