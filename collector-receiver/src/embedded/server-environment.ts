/** Windows programs do not start without these. */
const neededOnWindows = ["SystemRoot", "TEMP", "TMP"] as const;

/**
 * The environment of the embedded server. Ours is not passed on: it holds tokens and passwords, which whoever can read
 * the server's memory or run a function in it could see, and `PG*` variables that would change what the server does.
 */
export function serverEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { LC_ALL: "C", TZ: "UTC" };
  if (process.platform !== "win32") return environment;
  for (const name of neededOnWindows) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
