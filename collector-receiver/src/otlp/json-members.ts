import { InvariantError } from "../invariant-error.ts";
import { ByteWords } from "../bytes/byte-words.ts";

/** A member's name within one kind of object; `next` is the one that came after it the last time. */
export interface JsonMember {
  readonly name: Buffer;
  /** `"name":`, as it stands where nobody writes spaces. */
  readonly head: ByteWords;
  next: JsonMember | null;
}

/** Stands for every name that an object of that kind does not know. */
export const unknownMember: JsonMember = makeMember("");

/** All names of one kind of object: those that matter by name, the rest so that it is known what comes next. */
export class JsonMembers {
  readonly all: readonly JsonMember[];
  /** What is before the first member. */
  readonly origin: JsonMember = makeMember("");

  constructor(names: readonly string[]) {
    this.all = names.map(makeMember);
  }

  get(name: string): JsonMember {
    const member = this.all.find((known) => known.name.equals(Buffer.from(name)));
    if (member === undefined) throw new InvariantError(`"${name}" is not among the members`);
    return member;
  }
}

function makeMember(name: string): JsonMember {
  return { name: Buffer.from(name), head: new ByteWords(Buffer.from(`"${name}":`)), next: null };
}
