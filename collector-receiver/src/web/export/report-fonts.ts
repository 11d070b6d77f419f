import { join } from "node:path";
import { fontsFolder } from "../../package-root.ts";

/** The fonts of everything that is drawn here and not in a browser; see fonts/README.md. */
export const reportFontFiles: readonly string[] = ["NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"].map((name) =>
  join(fontsFolder, name),
);
export const reportFontFolder: string = fontsFolder;
/** The family name inside both files. */
export const reportFontFamily = "Noto Sans SC Thin";
