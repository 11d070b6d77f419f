/** What a session has to be, as libpq names it (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS). */
export const sessionAttributes = ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"] as const;
export type SessionAttributes = (typeof sessionAttributes)[number];

/** One way to reach PostgreSQL, which is tried before those after it. */
export interface DatabaseServer {
  /** `host:port`, for messages. */
  readonly name: string;
  /** A connection string with one host, as `pg` reads it. */
  readonly url: string;
  /** True if the way before this one is tried again without (or with) TLS. */
  readonly isOtherTls: boolean;
  /** What the session has to be. */
  readonly attributes: Exclude<SessionAttributes, "prefer-standby">;
}

/** A connection string that cannot be used; the message says why, and never holds the password. */
export class ConnectionStringError extends Error {
  override readonly name = "ConnectionStringError";
  readonly code = "invalid_connection_string";
}

const parts = /^(postgres(?:ql)?:\/\/)(?:([^@/?#]*)@)?([^@/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/;
const tlsModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify"];

/**
 * Reads a connection string as libpq does: several hosts in order, `target_session_attrs`, and `sslmode` with libpq's meaning
 * (`require` encrypts and does not check the certificate, unless `sslrootcert` is given). Several hosts without
 * `target_session_attrs` mean the one that takes writes: a receiver can use no other.
 * @returns what is tried, in order
 * @throws ConnectionStringError
 */
export function readDatabaseServers(connectionString: string): DatabaseServer[] {
  const match = parts.exec(connectionString);
  if (match === null) {
    // A socket's folder, or something that pg understands and we do not.
    return [{ name: "", url: connectionString, isOtherTls: false, attributes: "any" }];
  }
  const [, scheme = "", user, authority = "", path = "", query = ""] = match;
  const options = new URLSearchParams(query);
  const hosts = readHosts(authority, options);
  const given = options.get("target_session_attrs");
  const attributes = sessionAttributes.find((each) => each === given) ?? (hosts.length > 1 ? "read-write" : "any");
  if (given !== null && given !== attributes) {
    throw new ConnectionStringError(`target_session_attrs=${given} is none of ${sessionAttributes.join(", ")}.`);
  }
  for (const name of ["target_session_attrs", "load_balance_hosts"]) options.delete(name);
  const modes = readTlsModes(options);
  const servers = hosts.flatMap((host) =>
    modes.map((mode, place) => {
      const own = new URLSearchParams(options);
      if (host.includes("/")) own.set("host", host);
      if (mode !== null) {
        own.set("sslmode", mode);
        if (mode !== "no-verify") own.set("uselibpqcompat", "true");
      }
      const words = own.size === 0 ? "" : `?${own.toString().replaceAll("+", "%20")}`;
      const login = user === undefined ? "" : `${user}@`;
      const url = `${scheme}${login}${host.includes("/") ? "" : host}${path}${words}`;
      return { name: host, url, isOtherTls: place > 0 };
    }),
  );
  if (attributes !== "prefer-standby") return servers.map((server) => ({ ...server, attributes }));
  return (["standby", "any"] as const).flatMap((each) => servers.map((server) => ({ ...server, attributes: each })));
}

/** `a:5432,b:5433`, or the options `host=a,b` and `port=5432,5433`, as `host:port`. */
function readHosts(authority: string, options: URLSearchParams): string[] {
  const named = options.get("host");
  if (named === null) return authority.split(",");
  const ports = (options.get("port") ?? "").split(",");
  options.delete("host");
  options.delete("port");
  return named.split(",").map((host, place) => {
    // One port serves all hosts.
    const port = ports[place] ?? (ports.length === 1 ? ports[0] : "");
    const address = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
    return port === undefined || port === "" || host.includes("/") ? address : `${address}:${port}`;
  });
}

/** How TLS is tried, in order; null: as `pg` does without a word about it, which is without TLS. */
function readTlsModes(options: URLSearchParams): (string | null)[] {
  const mode = options.get("sslmode");
  if (mode === null) return [null];
  if (!tlsModes.includes(mode)) throw new ConnectionStringError(`sslmode=${mode} is none of ${tlsModes.join(", ")}.`);
  if (options.get("sslrootcert") === "system") {
    if (mode !== "verify-full") {
      throw new ConnectionStringError(`sslrootcert=system goes with sslmode=verify-full alone, not with ${mode}.`);
    }
    // Node's own list of authorities is what it takes without a file.
    options.delete("sslrootcert");
  }
  if (mode === "verify-ca" && !options.has("sslrootcert")) {
    throw new ConnectionStringError(
      "sslmode=verify-ca needs sslrootcert=<file>; for a public authority take verify-full.",
    );
  }
  // Somebody who names the behaviour of pg gets it.
  if (options.has("uselibpqcompat")) return [null];
  if (mode === "prefer") return ["prefer", "disable"];
  if (mode === "allow") return ["disable", "prefer"];
  return [mode];
}
