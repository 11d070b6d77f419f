/**
 * Whether a build's context holds a file, by a .dockerignore: the last pattern that matches the file, or a folder above it,
 * decides; `!` takes it in again. https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function isInContext(path: string, patterns: readonly string[]): boolean {
  const parts = path.split("/");
  const paths = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  let included = true;
  for (const pattern of patterns) {
    const excludes = !pattern.startsWith("!");
    const matcher = toRegExp(excludes ? pattern : pattern.slice(1));
    if (paths.some((each) => matcher.test(each))) included = !excludes;
  }
  return included;
}

/** Go's filepath.Match, but `*` takes a leading dot too, and `**` any number of folders. */
function toRegExp(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : part.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${source}$`);
}

export function readPatterns(dockerignore: string): string[] {
  return dockerignore.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

/** The instructions of a Dockerfile, without comments. */
export function readInstructions(dockerfile: string): { readonly name: string; readonly words: readonly string[] }[] {
  return dockerfile
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [name = "", ...words] = line.split(/\s+/);
      return { name, words };
    });
}
