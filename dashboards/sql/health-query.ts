/**
 * Queries about the receiver as PostgreSQL sees it: its connections, its locks, its tables. All from the
 * statistics views and the catalogue, which any role may read.
 */
import type { HealthFigure } from "../panels/health-figures.ts";
import { asNumber } from "./metric-expression.ts";
import { quoteName, quoteText } from "./quote-sql.ts";

/** The partitions of the events, which are not queried: their names and sizes alone. */
const partitions = "relname ~ '^analytics_events_[0-9]{4}_[0-9]{2}$'";

const writers = "application_name = 'spanledger-writer'";

export const connectionFigures = {
  writers: {
    name: { en: "Writer connections", zh: "写入连接数" },
    meaning: {
      en: "Connections with which receivers write to this database. 0: no receiver runs, or none has written yet.",
      zh: "接收器写入本数据库的连接数。0 表示没有接收器运行，或尚未写入。",
    },
    formula: "count(pg_stat_activity where application_name = 'spanledger-writer')",
    unit: "count",
    sql: `(select count(*) from pg_stat_activity where datname = current_database() and ${writers})`,
  },
  readers: {
    name: { en: "Reader connections", zh: "读取连接数" },
    meaning: { en: "Connections with which receivers answer questions.", zh: "接收器用于应答查询的连接数。" },
    formula: "count(pg_stat_activity where application_name = 'spanledger-reader')",
    unit: "count",
    sql: "(select count(*) from pg_stat_activity where datname = current_database() and application_name = 'spanledger-reader')",
  },
  waiting: {
    name: { en: "Batches that wait for the lock", zh: "等待锁的批次" },
    meaning: {
      en: "Sessions that wait for an advisory lock: batches held back by a sweep, a rebuild or a migration. For seconds at most.",
      zh: "等待 advisory 锁的会话：被清扫、重建或迁移暂时挡住的批次，最多持续数秒。",
    },
    formula: "count(pg_locks where locktype = 'advisory' and not granted)",
    unit: "count",
    sql: "(select count(*) from pg_locks where locktype = 'advisory' and not granted)",
  },
  deadlocks: {
    name: { en: "Deadlocks", zh: "死锁" },
    meaning: {
      en: "Since the statistics were reset. Batches are sorted so that there are none; each is retried.",
      zh: "自统计重置以来。批次内部有序，正常为 0；出现时会重试。",
    },
    formula: "pg_stat_database.deadlocks",
    unit: "count",
    sql: "(select deadlocks from pg_stat_database where datname = current_database())",
  },
  rollbacks: {
    name: { en: "Rolled back", zh: "回滚占比" },
    meaning: {
      en: "Share of the transactions that were rolled back, since the statistics were reset. A COPY that meets a duplicate rolls back once and goes another way.",
      zh: "自统计重置以来回滚的事务占比。COPY 遇到重复事件会回滚一次并改走另一条路径。",
    },
    formula: "xact_rollback / (xact_commit + xact_rollback) × 100",
    denominator: "xact_commit + xact_rollback",
    unit: "percent",
    sql: "(select xact_rollback * 100.0 / nullif(xact_commit + xact_rollback, 0) from pg_stat_database where datname = current_database())",
  },
  partitionsAhead: {
    name: { en: "Months of partitions ahead", zh: "已预建的后续月份分区" },
    meaning: {
      en: "Partitions for months that have not begun. They are made ahead of need; 0 late in a month is a reason to look.",
      zh: "为尚未开始的月份预建的分区数。分区会提前创建；月末为 0 时应检查。",
    },
    formula: "count(partitions after the current month in UTC)",
    unit: "count",
    sql: `(select count(*) from pg_class where relnamespace = 'public'::regnamespace and ${partitions} and right(relname, 7) > to_char(now() at time zone 'UTC', 'YYYY_MM'))`,
  },
  size: {
    name: { en: "Size of the database", zh: "数据库大小" },
    meaning: { en: "Tables, indexes and the rest, on disk.", zh: "表、索引及其他内容占用的磁盘空间。" },
    formula: "pg_database_size",
    unit: "bytes",
    sql: "pg_database_size(current_database())",
  },
} as const satisfies Record<string, HealthFigure>;

/** One row: a figure that is a query of its own. */
export function receiverFigureQuery(figure: HealthFigure, name: string): string {
  return `select ${asNumber(figure.sql)} as ${quoteName(name)}`;
}

export const tableFigures = {
  size: {
    name: { en: "Size", zh: "大小" },
    meaning: { en: "Table with its indexes, on disk.", zh: "表及其索引占用的磁盘空间。" },
    formula: "sum(pg_total_relation_size)",
    unit: "bytes",
    sql: "sum(pg_total_relation_size(relid))",
  },
  inserted: {
    name: { en: "Rows inserted", zh: "插入行数" },
    meaning: { en: "Since the statistics were reset.", zh: "自统计重置以来。" },
    formula: "sum(n_tup_ins)",
    unit: "count",
    sql: "sum(n_tup_ins)",
  },
  updated: {
    name: { en: "Rows updated", zh: "更新行数" },
    meaning: { en: "Since the statistics were reset.", zh: "自统计重置以来。" },
    formula: "sum(n_tup_upd)",
    unit: "count",
    sql: "sum(n_tup_upd)",
  },
  hot: {
    name: { en: "Updates within the page", zh: "页内更新占比" },
    meaning: {
      en: "Share of the updates that needed no change of an index (heap-only). Counter tables leave half a page free for it.",
      zh: "无需改动索引的更新（heap-only）占比。计数器表为此预留半页空间。",
    },
    formula: "n_tup_hot_upd / n_tup_upd × 100",
    denominator: "n_tup_upd",
    unit: "percent",
    sql: "sum(n_tup_hot_upd) * 100.0 / nullif(sum(n_tup_upd), 0)",
  },
  dead: {
    name: { en: "Dead rows", zh: "死行占比" },
    meaning: { en: "Share of the rows that vacuum has to clear away.", zh: "等待 vacuum 清理的行占比。" },
    formula: "n_dead_tup / (n_live_tup + n_dead_tup) × 100",
    denominator: "n_live_tup + n_dead_tup",
    unit: "percent",
    sql: "sum(n_dead_tup) * 100.0 / nullif(sum(n_live_tup + n_dead_tup), 0)",
  },
} as const satisfies Record<string, HealthFigure>;

/** One row for each table of Spanledger, the largest first; all partitions of the events are one. */
export function tableHealthQuery(
  columns: readonly { readonly figure: HealthFigure; readonly name: string }[],
  names: { readonly table: string; readonly events: string; readonly lastVacuum: string },
): string {
  return `select case when ${partitions} then ${quoteText(names.events)} else relname::text end as ${quoteName(names.table)},
  ${columns.map(({ figure, name }) => `${asNumber(figure.sql)} as ${quoteName(name)}`).join(",\n  ")},
  max(greatest(last_autovacuum, last_vacuum)) as ${quoteName(names.lastVacuum)}
from pg_stat_user_tables
where schemaname = 'public' and relname ~ '^analytics_'
group by 1
order by sum(pg_total_relation_size(relid)) desc, 1`;
}
