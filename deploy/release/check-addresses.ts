/** What a reader of the registry needs to find us; a package without is not published. */
const addresses = ["repository", "homepage", "bugs"] as const;

/** The addresses that a package.json lacks; the values of `repository` and `bugs` may be objects with a `url`. */
export function missingAddresses(manifest: Readonly<Record<string, unknown>>): string[] {
  return addresses.filter((name) => {
    const value = manifest[name];
    const url = typeof value === "object" && value !== null ? (value as { url?: unknown }).url : value;
    return typeof url !== "string" || !/^(git\+)?https:\/\/[^/]+\/./.test(url);
  });
}
