import { InvariantError } from "../invariant-error.ts";

/** A member's name within one kind of object. */
export class JsonMember {
  readonly name: Buffer;
  /** The name in snake_case; null if it is the same. */
  readonly snakeName: Buffer | null;

  constructor(name: string) {
    this.name = Buffer.from(name);
    this.snakeName = snakeCase(name) === name ? null : Buffer.from(snakeCase(name));
  }
}

/** As the name stands in the .proto files; a Collector takes it as well. */
function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Each name in lowerCamelCase and in snake_case. */
export function inBothCases(...names: readonly string[]): readonly Buffer[] {
  return [...new Set(names.flatMap((name) => [name, snakeCase(name)]))].map((name) => Buffer.from(name));
}

/** All names of one kind of object. */
export class JsonMembers {
  readonly all: readonly JsonMember[];
  /** Stands for every other name. */
  readonly unknown: JsonMember = new JsonMember("");

  constructor(names: readonly string[]) {
    this.all = names.map((name) => new JsonMember(name));
  }

  get(name: string): JsonMember {
    const member = this.all.find((known) => known.name.equals(Buffer.from(name)));
    if (member === undefined) throw new InvariantError(`"${name}" is not among the members`);
    return member;
  }
}
