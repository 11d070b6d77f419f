import { fileURLToPath } from "node:url";
import { buildGoProgram, findGoProgram, type GoProgram } from "./build-go-program.ts";

/** The Go program with which test/dashboards asks Grafana's own module for data. */
const judge: GoProgram = {
  name: "grafana-judge",
  sources: fileURLToPath(new URL("../../test/dashboards/grafana-judge/", import.meta.url)),
};

/** The judge, if it was built before. */
export const findGrafanaJudge = (): Promise<string | undefined> => findGoProgram(judge);

/** Builds the judge unless that was done before; see `buildGoProgram`. */
export const buildGrafanaJudge = (say: (line: string) => void): Promise<string> => buildGoProgram(judge, say);
