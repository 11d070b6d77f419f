import type { Pool } from "pg";
import type { CustomDefinitions } from "../../catalogue/custom-definitions.ts";
import { compileWords } from "../../metrics/words.ts";
import type { OwnWordLists } from "../../metrics/words.ts";

/** A tenant's own definitions, and since when each of its metrics is counted. */
export interface StoredDefinitions {
  readonly definitions: CustomDefinitions;
  /** By metric: when its counting began or changed; empty for what stood at the tenant's first event. */
  readonly definedAtMs: ReadonlyMap<string, number>;
  /** Metrics of which what came before their definition is not counted yet. */
  readonly pending: ReadonlySet<string>;
}

const nothing: CustomDefinitions = { events: {}, metrics: {} };

/** The definitions by which the receivers count a tenant's events; none if it has none. */
export async function readCustomDefinitions(pool: Pick<Pool, "query">, tenantId: string): Promise<StoredDefinitions> {
  const { rows } = await pool.query<{
    definitions: CustomDefinitions | null;
    metrics: StoredMetric[] | null;
  }>({ name: "stats-read-custom-definitions", text: readCustomDefinitionsSql, values: [tenantId] });
  const { definitions = null, metrics = null } = rows[0] ?? {};
  return {
    definitions: definitions ?? nothing,
    definedAtMs: new Map((metrics ?? []).map(({ metric, defined_ms: definedMs }) => [metric, definedMs])),
    pending: new Set((metrics ?? []).flatMap(({ metric, backfilled }) => (backfilled ? [] : [metric]))),
  };
}

interface StoredMetric {
  readonly metric: string;
  readonly defined_ms: number;
  readonly backfilled: boolean;
}

const readCustomDefinitionsSql = `
select s.custom_definitions as definitions,
  (select json_agg(json_build_object('metric', m.metric, 'backfilled', m.backfilled_at is not null,
      'defined_ms', trunc(extract(epoch from m.defined_at) * 1000)))
    from analytics_custom_metrics m
    where m.tenant_id = s.tenant_id and m.counting_hash <> '') as metrics
from analytics_settings s
where s.tenant_id = $1
`;

/** The words of a tenant's own; null: none. */
export async function readOwnWords(pool: Pick<Pool, "query">, tenantId: string): Promise<OwnWordLists> {
  return compileWords((await readCustomDefinitions(pool, tenantId)).definitions.words);
}
