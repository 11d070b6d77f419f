import { readFileSync } from "node:fs";
import { CommandError } from "./command-error.ts";

/** A logo is part of every page, which is to stay small. */
const maxBytes = 16_384;

/** What a file begins with, by type. */
const signatures: readonly (readonly [type: string, begins: RegExp])[] = [
  ["image/png", /^\u0089PNG\r\n/],
  ["image/jpeg", /^\u00ff\u00d8\u00ff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[\s\S]{4}WEBP/],
  [
    "image/svg+xml",
    /^(?:\u00ef\u00bb\u00bf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i,
  ],
];

/**
 * A picture as an address that needs no request. An SVG runs no script where it is shown: it is an `img`.
 * @param path a file, or `none`
 * @throws CommandError if it cannot be read, is too large, or is not a picture that browsers show
 */
export function readLogo(path: string): string | null {
  if (path === "none") return null;
  const refuse = (message: string): never => {
    throw new CommandError("invalid_arguments", `--logo ${path}: ${message}`);
  };
  let bytes = Buffer.alloc(0);
  try {
    bytes = readFileSync(path);
  } catch (error) {
    refuse(`the file cannot be read (${(error as Error).message}).`);
  }
  if (bytes.length > maxBytes) {
    refuse(
      `the file has ${bytes.length} bytes; a logo may have at most ${maxBytes}. Make it smaller, 200 px wide are plenty.`,
    );
  }
  const head = bytes.toString("latin1", 0, 4096);
  const type = signatures.find(([, begins]) => begins.test(head))?.[0];
  return type === undefined
    ? refuse("the file is not a picture. Pass a PNG, JPEG, GIF, WebP or SVG file, or none.")
    : `data:${type};base64,${bytes.toString("base64")}`;
}

/** A name of 1 to 80 characters, or `none`. */
export function readDisplayName(text: string): string | null {
  const name = text.trim();
  if (name === "none") return null;
  if (name.length > 0 && [...name].length <= 80 && !/\p{Cc}/u.test(name)) return name;
  throw new CommandError(
    "invalid_arguments",
    `--name "${name}" has to have 1 to 80 characters, none of them a control character.`,
  );
}
