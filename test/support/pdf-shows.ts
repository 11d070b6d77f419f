import { inflateSync } from "node:zlib";

/** True if a PDF shows a text, all in one font. Each font says which of its glyphs stands for which character. */
export function pdfShows(pdf: Buffer, text: string): boolean {
  const fonts = pdf.toString("latin1").match(/\bbegincmap\b[^]*?\bendcmap\b/g) ?? [];
  const shown = inflatedStreams(pdf).map(glyphsOf);
  return fonts.some((font) => {
    const glyphs = [...text].map((character) => glyphOf(font, character));
    return !glyphs.includes(undefined) && shown.some((line) => line.includes(glyphs.join("")));
  });
}

function inflatedStreams(pdf: Buffer): string[] {
  return [...pdf.toString("latin1").matchAll(/stream\r?\n/g)].flatMap(({ index, 0: word }) => {
    try {
      return [inflateSync(pdf.subarray(index + word.length)).toString("latin1")];
    } catch {
      // A picture, or a font.
      return [];
    }
  });
}

/** From a font's table of Unicode, `<0014> <0031>`, in hex. */
function glyphOf(font: string, character: string): string | undefined {
  const unicode = character.charCodeAt(0).toString(16).padStart(4, "0");
  return new RegExp(`<([0-9a-f]{4})>\\s*<${unicode}>`, "i").exec(font)?.[1]?.toLowerCase();
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** All strings of a page in hex, without the kerning between them. */
function glyphsOf(page: string): string {
  return [...page.matchAll(/\(((?:[^\\()]|\\[^])*)\)/g)]
    .map(([, written = ""]) => {
      const bytes = written.replaceAll(/\\([0-7]{1,3}|[^])/g, (_, escaped: string) =>
        /^[0-7]/.test(escaped) ? String.fromCharCode(Number.parseInt(escaped, 8)) : (escapes[escaped] ?? escaped),
      );
      return Buffer.from(bytes, "latin1").toString("hex");
    })
    .join("");
}
