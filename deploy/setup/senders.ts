import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGoProgram, findGoProgram, type GoProgram } from "./build-go-program.ts";
import { findNodePackages, obtainNodePackages, type NodeProgram } from "./obtain-node-packages.ts";

const senders = fileURLToPath(new URL("../../test/senders/", import.meta.url));
const javascript = join(senders, "javascript");

/** Years of which OpenTelemetry's packages for JavaScript are tested. */
export const javascriptYears: readonly string[] = readdirSync(javascript)
  .filter((name) => /^\d+$/.test(name))
  .toSorted();

const programOf = (year: string): NodeProgram => ({ kind: "senders", sources: join(javascript, year) });
const goSender: GoProgram = { name: "go-sender", sources: join(senders, "go") };

export const findJavascriptSender = (year: string): Promise<string | undefined> => findNodePackages(programOf(year));
export const obtainJavascriptSender = (year: string, say: (line: string) => void): Promise<string> =>
  obtainNodePackages(programOf(year), say);
export const findGoSender = (): Promise<string | undefined> => findGoProgram(goSender);
export const buildGoSender = (say: (line: string) => void): Promise<string> => buildGoProgram(goSender, say);
