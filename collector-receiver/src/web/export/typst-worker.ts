import { parentPort } from "node:worker_threads";
import { NodeCompiler } from "@myriaddreamin/typst-ts-node-compiler";
import type { CompiledPdf, PdfRequest } from "./compile-pdf.ts";

/** The thread behind `compilePdf`: Typst compiles without a pause, up to seconds for a long report. */
let compiler: NodeCompiler | undefined;

parentPort?.on("message", ({ source, input, fontFolder, createdAtSeconds }: PdfRequest) => {
  // Reading the fonts costs some 100 ms, so the compiler is kept; what it caches of earlier reports is not.
  compiler ??= NodeCompiler.create({ fontArgs: [{ fontPaths: [fontFolder] }] });
  let answer: CompiledPdf;
  try {
    const pdf = compiler.pdf(
      { mainFileContent: source, inputs: { report: input }, resetRead: true },
      { creationTimestamp: createdAtSeconds },
    );
    answer = { pdf };
  } catch (error) {
    answer = { problem: error instanceof Error ? error.message : String(error) };
  } finally {
    compiler.evictCache(2);
  }
  parentPort?.postMessage(answer);
});
