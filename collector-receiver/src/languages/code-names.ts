/** Gives names for one scope of generated code: each once, and none that the language or the code around it uses. */
export class CodeNames {
  readonly #taken: Set<string>;
  constructor(reserved: Iterable<string>) {
    this.#taken = new Set(reserved);
  }

  /** @returns the name, or the name with the first free number: `channel`, `channel_2` */
  take(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.#taken.has(name); number++) name = `${wanted}_${number}`;
    this.#taken.add(name);
    return name;
  }
}

/** `session.start`, `orderPaid` and `order-paid` in lower case with underscores, as Python writes names. */
export function snakeCase(name: string): string {
  return wordsOfName(name).join("_");
}

/** The same in `PascalCase`, as Go and Python's types are written. */
export function pascalCase(name: string): string {
  return wordsOfName(name)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
}

/** The words of a name, in lower case; letters of other scripts are kept. */
export function wordsOfName(name: string): string[] {
  const parts = name.replaceAll(/([\p{Ll}\p{Nd}])(\p{Lu})/gu, "$1_$2").toLowerCase();
  return parts.split(/[^\p{L}\p{Nd}]+/u).filter((part) => part !== "");
}
