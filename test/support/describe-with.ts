import { describe } from "vitest";

/**
 * Tests that need a part which not every machine has: a Redis, a Collector, another language. Without it
 * they are left out, which the closing summary names, and which `npm run test:all` takes for a failure.
 * @param what the part and how to come by it: "redis-server (npm run setup)"
 * @param part found at the top of the file; undefined if the machine has none
 * @param tests given a function for the part, to be called inside a test or hook
 * @param excuse why this machine cannot have it: then `npm run test:all` leaves it out as well
 */
export function describeWith<Part>(
  what: string,
  part: Part | undefined,
  tests: (part: () => Part) => void,
  excuse?: string,
): void {
  const give = () => {
    if (part === undefined) throw new Error(`asked for ${what}, which is not there`);
    return part;
  };
  if (part !== undefined) describe(`with ${what}`, () => tests(give));
  else if (excuse === undefined) describe.skip(`needs ${what}`, () => tests(give));
  else describe.skip(`cannot have ${what}: ${excuse}`, () => tests(give));
}
