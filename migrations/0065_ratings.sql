-- Up Migration

-- What customers say: sessions with a rating, and with one of 4 or 5, by outcome. Receivers of the release before go on.
update spanledger_schema set oldest_receiver = 51;

alter table analytics_business_metrics
  add column feedback_resolved bigint not null default 0,
  add column feedback_unresolved bigint not null default 0,
  add column rating_sum bigint not null default 0,
  add column rated_open bigint not null default 0,
  add column satisfied_open bigint not null default 0,
  add column rated_ai_assisted bigint not null default 0,
  add column satisfied_ai_assisted bigint not null default 0,
  add column rated_human_only bigint not null default 0,
  add column satisfied_human_only bigint not null default 0,
  add column rated_escalated_untaken bigint not null default 0,
  add column satisfied_escalated_untaken bigint not null default 0,
  add column rated_unanswered bigint not null default 0,
  add column satisfied_unanswered bigint not null default 0,
  add column rated_not_resolved bigint not null default 0,
  add column satisfied_not_resolved bigint not null default 0,
  add column rated_ai_resolved bigint not null default 0,
  add column satisfied_ai_resolved bigint not null default 0;

-- Down Migration
alter table analytics_business_metrics
  drop column feedback_resolved, drop column feedback_unresolved, drop column rating_sum,
  drop column rated_open, drop column satisfied_open, drop column rated_ai_assisted, drop column satisfied_ai_assisted,
  drop column rated_human_only, drop column satisfied_human_only, drop column rated_escalated_untaken,
  drop column satisfied_escalated_untaken, drop column rated_unanswered, drop column satisfied_unanswered,
  drop column rated_not_resolved, drop column satisfied_not_resolved, drop column rated_ai_resolved,
  drop column satisfied_ai_resolved;
