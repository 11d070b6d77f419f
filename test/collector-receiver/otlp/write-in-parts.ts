/** Values that a member may have before its last one: of any kind. */
const allowed = [
  '{"stringValue":"junk"}',
  '{"intValue":7}',
  '{"kvlistValue":{"values":[{"key":"junk","value":{"arrayValue":{"values":[{}]}}}]}}',
  "{}",
];
/** The same, which OTLP does not allow there. */
const malformed = ['{"intValue":1.5}', '{"arrayValue":{"values":[{"boolValue":true},{"intValue":"x"}]}}', "[1]"];
const allowedMembers = ['"stringValue":"junk"', '"arrayValue":{"values":[{"intValue":1}]}'];
const malformedMembers = ['"intValue":true'];
const valueKind = /^(?:string|bool|int|double|array|kvlist|bytes)Value$/;

type Choose = (n: number) => number;
type Members = [name: string, json: string][];

/** How a message is written. */
export interface Writing {
  /** A number below n. */
  readonly choose: Choose;
  /** Whether what does not count may be malformed: a Collector refuses the whole request then. */
  readonly isLenient: boolean;
}

const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Cuts a list in two; both parts may be empty. */
function cut<T>(list: readonly T[], choose: Choose): [T[], T[]] {
  const at = choose(list.length + 1);
  return [list.slice(0, at), list.slice(at)];
}

/** The parts of one member, in their order: lists and resources come in two, other members after junk. */
function partsOf(name: string, member: unknown, isAttribute: boolean, writing: Writing): string[] {
  const { choose, isLenient } = writing;
  const junk = isLenient ? [...allowed, ...malformed] : allowed;
  const whole = () => [writeInParts(member, writing)];
  if (choose(3) !== 0) return whole();
  if (Array.isArray(member)) return cut(member, choose).map((part) => writeInParts(part, writing));
  if (name === "resource") {
    const [some, others] = cut((member as { attributes: unknown[] }).attributes, choose);
    return [some, others].map((attributes) => writeInParts({ attributes }, writing));
  }
  if (name === "scope") return ['{"name":"junk"}', ...whole()];
  if (isAttribute && name === "key") return ['"junk"', ...whole()];
  if (isAttribute && name === "value") {
    const isSet = Object.keys(member as object).length > 0;
    // Nothing behind a value leaves it as it is.
    if (!isSet || choose(2) === 0) return [...whole(), choose(2) === 0 ? "{}" : "null"];
    return [junk[choose(junk.length)]!, ...whole()];
  }
  return whole();
}

/** Writes JSON in which messages come in parts, names are in either case and members in any order. */
export function writeInParts(value: unknown, writing: Writing): string {
  if (Array.isArray(value)) return `[${value.map((one) => writeInParts(one, writing)).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const { choose, isLenient } = writing;
  const junkMembers = isLenient ? [...allowedMembers, ...malformedMembers] : allowedMembers;
  const written: Members = [];
  for (const [name, member] of Object.entries(value)) {
    // Behind the part before, and otherwise anywhere.
    let least = 0;
    if (choose(4) === 0 && valueKind.test(name)) written.push(parseMember(junkMembers[choose(junkMembers.length)]!));
    if (valueKind.test(name)) least = written.length;
    for (const part of partsOf(name, member, "key" in value, writing)) {
      const at = least + choose(written.length - least + 1);
      written.splice(at, 0, [choose(3) === 0 ? snakeCase(name) : name, part]);
      least = at + 1;
    }
  }
  return `{${written.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`;
}

const parseMember = (json: string): [string, string] => {
  const at = json.indexOf(":");
  return [JSON.parse(json.slice(0, at)) as string, json.slice(at + 1)];
};
