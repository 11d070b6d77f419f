import { fileURLToPath } from "node:url";

const fontFile = (name: string): string => fileURLToPath(new URL(`../../../fonts/${name}`, import.meta.url));

/** The fonts of everything that is drawn here and not in a browser; see fonts/README.md. */
export const reportFontFiles: readonly string[] = [fontFile("NotoSansSC-Regular.ttf"), fontFile("NotoSansSC-Bold.ttf")];
export const reportFontFolder: string = fontFile("");
/** The family name inside both files. */
export const reportFontFamily = "Noto Sans SC Thin";
