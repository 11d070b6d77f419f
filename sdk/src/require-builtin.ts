import nodeModule from "node:module";

type Require = (name: string) => unknown;

/**
 * Loads a built-in module when it is needed, in both builds. Older releases of Node 20 have no `getBuiltinModule`;
 * bundlers must not see their `createRequire`, whose argument they want to know.
 */
export const requireBuiltin: Require =
  typeof process.getBuiltinModule === "function"
    ? (name) => process.getBuiltinModule(name)
    : (Reflect.get(nodeModule, "createRequire") as (from: string) => Require)(`${workingFolder()}/`);

export function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    // It was removed.
    return "";
  }
}
