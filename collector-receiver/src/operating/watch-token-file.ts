import { readFile } from "node:fs/promises";
import type { FastifyBaseLogger } from "fastify";
import { parseTokenFile, type TokenGrant, type TokenOptions } from "../config/parse-tokens.ts";

export interface WatchedTokenFile {
  /** The variable that names the file, for the log. */
  readonly variable: string;
  readonly path: string;
  readonly options: TokenOptions;
  readonly replace: (grants: readonly TokenGrant[]) => void;
}

const readEveryMs = 10_000;

/**
 * Reads a file of tokens every 10 s, so that tokens are rotated without a restart. A file that is wrong or missing
 * changes nothing and is logged once.
 * @param text the file's content when the receiver started
 * @returns a function that ends the watch
 */
export function watchTokenFile(
  file: WatchedTokenFile,
  text: string,
  log: FastifyBaseLogger,
  everyMs = readEveryMs,
): () => void {
  let known = text;
  let complaint: string | undefined;
  const complain = (problem: string) => {
    if (problem !== complaint) log.error(`${file.variable}: ${problem}. The tokens known so far stay valid.`);
    complaint = problem;
  };
  const read = async () => {
    const now = await readFile(file.path, "utf8");
    if (now === known) {
      complaint = undefined;
      return;
    }
    const { grants, problems } = parseTokenFile(now, file.options);
    if (problems.length > 0) return complain(problems.join("; "));
    file.replace(grants);
    known = now;
    complaint = undefined;
    log.info({ tokens: grants.length }, `${file.variable} was read again`);
  };
  const timer = setInterval(
    () => void read().catch((error: NodeJS.ErrnoException) => complain(`cannot be read (${error.code ?? "unknown"})`)),
    everyMs,
  );
  timer.unref();
  return () => clearInterval(timer);
}
