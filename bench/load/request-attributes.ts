import type { LoadAttribute } from "./encode-spans.ts";

/** What auto-instrumentation says of the `i`-th request of a web service. */
export function requestAttributes(i: number): LoadAttribute[] {
  return [
    ["http.request.method", "POST"],
    ["url.scheme", "http"],
    ["url.path", `/chat/${i}`],
    ["http.route", "/chat/:id"],
    ["server.address", "chat.example.com"],
    ["server.port", 8000],
    ["client.address", "192.0.2.17"],
    ["user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"],
    ["http.response.status_code", 200],
    ["network.protocol.version", "1.1"],
  ];
}
