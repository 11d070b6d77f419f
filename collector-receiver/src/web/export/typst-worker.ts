import { NodeCompiler } from "@myriaddreamin/typst-ts-node-compiler";
import { answerQuestions } from "../../threads/answer-questions.ts";
import type { PdfRequest } from "./compile-pdf.ts";

/** The thread behind `compilePdf`: Typst compiles without a pause, up to seconds for a long report. */
let compiler: NodeCompiler | undefined;

answerQuestions<PdfRequest, Uint8Array>({
  answer({ source, input, fontFolder, createdAtSeconds }) {
    // Reading the fonts costs some 100 ms, so the compiler is kept; what it caches of earlier reports is not.
    compiler ??= NodeCompiler.create({ fontArgs: [{ fontPaths: [fontFolder] }] });
    try {
      const pdf = compiler.pdf(
        { mainFileContent: source, inputs: { report: input }, resetRead: true },
        { creationTimestamp: createdAtSeconds },
      );
      compiler.evictCache(2);
      return pdf;
    } catch (error) {
      // After a panic nobody knows what it holds.
      compiler = undefined;
      throw error;
    }
  },
});
