/** What live traffic did; shared by all who drive it. */
export interface TrafficCounts {
  requests: number;
  visits: number;
  shifts: number;
  /** Answers that nobody should get: each is a fault of a product. */
  readonly unexpected: string[];
}

export interface ProductClient {
  /**
   * One request to a product. Gives the JSON answer, or null for a status in `allowed` or an answer
   * that was not expected, which is noted.
   */
  call(
    method: "GET" | "POST" | "PUT" | "PATCH",
    path: string,
    options?: { body?: object; token?: string; allowed?: readonly number[] },
  ): Promise<Record<string, unknown> | null>;
  /** Reads a stream of server-sent events to its end; gives the session that it names. */
  stream(path: string, body: object): Promise<string | null>;
}

/** Ends what hangs. A machine that is busy with other things is slow, and no fault of a product. */
const requestTimeoutMs = 120_000;

export function createProductClient(baseUrl: string, counts: TrafficCounts): ProductClient {
  const request = async (method: string, path: string, body?: object, token?: string): Promise<Response | null> => {
    counts.requests += 1;
    try {
      return await fetch(new URL(path, baseUrl), {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
    } catch (error) {
      counts.unexpected.push(`${method} ${path}: ${String((error as Error).cause ?? error)}`);
      return null;
    }
  };
  const unexpected = async (what: string, response: Response): Promise<null> => {
    counts.unexpected.push(`${what}: ${response.status} ${(await response.text()).slice(0, 200)}`);
    return null;
  };
  return {
    async call(method, path, { body, token, allowed = [] } = {}) {
      const response = await request(method, path, body, token);
      if (response === null) return null;
      if (response.ok) return (await response.json()) as Record<string, unknown>;
      if (!allowed.includes(response.status)) return unexpected(`${method} ${path}`, response);
      await response.body?.cancel();
      return null;
    },
    async stream(path, body) {
      const response = await request("POST", path, body);
      if (response === null) return null;
      if (!response.ok) return unexpected(`POST ${path}`, response);
      const text = await response.text();
      if (!text.includes("event: done")) counts.unexpected.push(`POST ${path}: the stream broke off`);
      return /"session_id":"([^"]+)"/.exec(text)?.[1] ?? null;
    },
  };
}
