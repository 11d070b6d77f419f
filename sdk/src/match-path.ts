import { showValue } from "./recording/show-value.ts";

/** The values of a path's `:name` parts, or null if the path is another one. */
export type PathMatcher = (path: string) => Record<string, string> | null;

/**
 * Compiles `/api/tracking/:number`: a segment `:name` matches one non-empty segment and gives it
 * URL-decoded, a final `*` matches the rest, anything else itself. A trailing slash does not matter.
 * (`URLPattern` is a global from Node 23.8 on only.)
 * @throws TypeError if the path does not begin with a slash or names a part twice
 */
export function compilePath(path: unknown): PathMatcher {
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw new TypeError(`the path of an httpEvents rule begins with "/", and this one is ${showValue(path)}`);
  }
  const parts = segments(path);
  const names = parts.filter((part) => part.startsWith(":"));
  if (new Set(names).size !== names.length) {
    throw new TypeError(`the path ${path} of an httpEvents rule names a part twice`);
  }
  const open = parts.at(-1) === "*";
  const fixed = open ? parts.slice(0, -1) : parts;
  return (actual) => {
    const given = segments(actual);
    if (given.length < fixed.length || (!open && given.length > fixed.length)) return null;
    const params: Record<string, string> = {};
    for (const [i, part] of fixed.entries()) {
      const value = decode(given[i]!);
      if (part.startsWith(":")) params[part.slice(1)] = value;
      else if (part !== value) return null;
    }
    return params;
  };
}

function segments(path: string): string[] {
  const parts = path.split("/").slice(1);
  if (parts.at(-1) === "") parts.pop();
  return parts;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
