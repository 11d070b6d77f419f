import fc from "fast-check";

const no = (): never => {
  throw new Error("a trap of the test");
};
/** Throws whatever is asked of it. */
const throwingProxy = (target: object): object =>
  new Proxy(
    target,
    Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, no])) as ProxyHandler<object>,
  );

/** Values that break code which trusts them. */
export const hostileValues: Readonly<Record<string, () => unknown>> = {
  "a proxy that throws": () => throwingProxy({}),
  "a function's proxy that throws": () => throwingProxy(() => undefined),
  "a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  "throwing getters": () =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        ["endpoint", "headers", "timeoutMs", "occurredAt", "attributes", "path", "then", "a"].map((name) => [
          name,
          { get: no, enumerable: true },
        ]),
      ),
    ),
  "a throwing iterator": () => ({ [Symbol.iterator]: no }),
  "an endless iterator": () => ({ [Symbol.iterator]: () => ({ next: () => ({ value: ["a", "b"], done: false }) }) }),
  "a cycle": () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    cycle["headers"] = cycle;
    return cycle;
  },
  "what throws as text and as number": () => ({ toString: no, valueOf: no, toJSON: no, [Symbol.toPrimitive]: no }),
  // oxlint-disable-next-line unicorn/no-thenable
  "a thenable that rejects": () => ({ then: (_: unknown, reject: (error: Error) => void) => reject(new Error("no")) }),
  "a rejected promise's function": () => async () => no(),
  "a symbol": () => Symbol("s"),
  "a bigint": () => 2n ** 70n,
  "a function": () => no,
  "a class": () => URLSearchParams,
  "an object without a prototype": () => Object.assign(Object.create(null), { a: 1 }),
  "an own __proto__": () => JSON.parse('{"__proto__": {"polluted": true}, "a": 1}'),
  "a wrapped text": () => Object("text"),
  "a Map": () =>
    new Map<unknown, unknown>([
      ["x-a", "1"],
      [{}, 2],
      ["bad name", "x"],
    ]),
  NaN: () => Number.NaN,
  "-1": () => -1,
  "0": () => 0,
  Infinity: () => Infinity,
  "2^31": () => 2 ** 31,
  null: () => null,
  "a line break": () => "a\r\nb: c",
  "beyond latin1": () => "值",
};

/** Makes any value at all: fast-check's, and those above, which fast-check itself could not handle. */
export const anyMaker: fc.Arbitrary<() => unknown> = fc.oneof(
  fc
    .anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: true,
    })
    .map((value) => () => value),
  fc.constantFrom(...Object.values(hostileValues)),
);
