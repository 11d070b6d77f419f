import { readGiven } from "../recording/copy-attributes.ts";
import { showValue } from "../recording/show-value.ts";

interface NumberRule {
  /** What is used if the option is absent or not usable. */
  readonly fallback: number;
  /** Smallest usable value. */
  readonly atLeast: number;
  /** What the number is, for the message: "a number of milliseconds". */
  readonly what: string;
}

/**
 * Reads options that anybody may have passed, in TypeScript or not: each once, by its type. An option that
 * cannot be used is named to `warn` and its default is taken. Never throws, whatever getters and proxies do.
 */
export class OptionReader {
  readonly #options: object;
  readonly #warn: (message: string) => void;

  /** @param options anything; undefined and null stand for no options */
  constructor(options: unknown, warn: (message: string) => void) {
    const isObject = typeof options === "object" && options !== null;
    if (!isObject && options !== undefined && options !== null) {
      warn(`the options have to be an object, not ${showValue(options)}; the defaults are used`);
    }
    this.#options = isObject ? options : {};
    this.#warn = warn;
  }

  /** The value as it is; undefined if it is absent, null or cannot be read. */
  read(name: string): unknown {
    try {
      return readGiven(this.#options, name) ?? undefined;
    } catch {
      this.#warn(`reading the option ${name} threw; the default is used`);
      return undefined;
    }
  }

  /** A text that is not blank; a blank one counts as absent, as in the environment. */
  text(name: string): string | undefined {
    const value = this.read(name);
    if (value === undefined) return undefined;
    if (typeof value !== "string") return this.refuse(name, value, "a text");
    return value.trim() === "" ? undefined : value.trim();
  }

  /** A text, or a `URL` of whatever realm as its text. */
  textOrUrl(name: string, what: string): string | undefined {
    const value = this.read(name);
    if (typeof value !== "object") return this.text(name);
    try {
      const { href } = value as { href: unknown };
      if (typeof href === "string") return href;
    } catch {
      // Not a URL, then.
    }
    return this.refuse(name, value, what);
  }

  flag(name: string): boolean | undefined {
    const value = this.read(name);
    if (value === undefined || typeof value === "boolean") return value;
    return this.refuse(name, value, "true or false");
  }

  number(name: string, { fallback, atLeast, what }: NumberRule): number {
    const value = this.read(name);
    if (value === undefined) return fallback;
    if (typeof value === "number" && value >= atLeast) return value;
    this.#warn(`the option ${name} has to be ${what}, not ${showValue(value)}; ${fallback} is used`);
    return fallback;
  }

  /** A time in ms, 0 and Infinity included. */
  milliseconds(name: string, fallback: number): number {
    return this.number(name, { fallback, atLeast: 0, what: "a number of milliseconds from 0" });
  }

  oneOf<const T extends string>(name: string, values: readonly [T, ...T[]]): T {
    const value = this.read(name);
    if (value === undefined) return values[0];
    const known = values.find((one) => one === value);
    return known ?? this.refuse(name, value, values.map((one) => `"${one}"`).join(" or ")) ?? values[0];
  }

  /** Names the option as not usable. */
  refuse(name: string, value: unknown, wanted: string): undefined {
    this.#warn(`the option ${name} has to be ${wanted}, not ${showValue(value)}; the default is used`);
  }
}
