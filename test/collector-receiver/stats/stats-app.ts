import fastify from "fastify";
import type { FastifyInstance } from "fastify";
import type pg from "pg";
import { expect } from "vitest";
import { statsPlugin } from "../../../collector-receiver/src/stats/stats-plugin.ts";
import type { StatsOptions } from "../../../collector-receiver/src/stats/stats-plugin.ts";

/** An app with the stats routes alone; the tenant is named by a header, the clock stands `at`. */
export async function openStatsApp(
  pool: Pick<pg.Pool, "query">,
  at: string,
  options: Partial<StatsOptions> = {},
): Promise<FastifyInstance> {
  const app = fastify();
  await app.register(statsPlugin, {
    pool,
    tenantOf: (request) => String(request.headers["x-tenant"] ?? "default"),
    locale: "zh-CN",
    now: () => Date.parse(at),
    ...options,
  });
  await app.ready();
  return app;
}

export interface JsonAnswer {
  readonly status: number;
  // The tests say what they expect of it.
  readonly body: any;
}

/** The answer of a GET under `/api/analytics/`, with its status. */
export async function get(app: FastifyInstance, path: string, tenantId = "default"): Promise<JsonAnswer> {
  const answer = await app.inject({ url: `/api/analytics/${path}`, headers: { "x-tenant": tenantId } });
  const isJson = String(answer.headers["content-type"]).startsWith("application/json");
  return { status: answer.statusCode, body: isJson ? answer.json() : answer.body };
}

export async function getCaseStudy(app: FastifyInstance, query: string, tenantId: string): Promise<any> {
  const { status, body } = await get(app, `case-study?${query}`, tenantId);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}
