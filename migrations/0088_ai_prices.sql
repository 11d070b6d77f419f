-- Up Migration

-- Receivers of the release before go on: they do not read what calls of models cost.
update spanledger_schema set oldest_receiver = 51;

-- The prices of each day beside the spend, so that one conversation can be priced by the same rules.
create or replace view analytics_ai_spend with (security_invoker = true) as
select used.tenant_id, used.day, word.provider, word.model, word.service_tier,
  used.calls, used.failed_calls, used.calls_without_usage, used.calls_without_session, used.unclear_calls, used.sampled_calls,
  used.uncached_tokens, used.cache_read_tokens, used.cache_write_tokens, used.output_tokens,
  -- Null: none of the tokens has a price.
  case when used.uncached_tokens <> 0 and price.input is not null
      or used.cache_read_tokens <> 0 and price.cached_input is not null
      or used.cache_write_tokens <> 0 and price.cache_write is not null
      or used.output_tokens <> 0 and price.output is not null
    then (used.uncached_tokens * coalesce(price.input, 0) + used.cache_read_tokens * coalesce(price.cached_input, 0)
      + used.cache_write_tokens * coalesce(price.cache_write, 0) + used.output_tokens * coalesce(price.output, 0)) * 0.000001
  end as spend,
  case when price.input is null then used.uncached_tokens else 0 end
    + case when price.cached_input is null then used.cache_read_tokens else 0 end
    + case when price.cache_write is null then used.cache_write_tokens else 0 end
    + case when price.output is null then used.output_tokens else 0 end as unpriced_tokens,
  -- Of a million tokens on that day; null: not known.
  price.input as input_price, price.cached_input as cached_input_price, price.cache_write as cache_write_price,
  price.output as output_price
from analytics_ai_tokens used
cross join lateral (
  select spanledger_price_word(used.provider) as provider, spanledger_price_word(used.model) as model,
    spanledger_price_word(used.service_tier) as service_tier
) word
left join lateral (
  select known.input, known.cached_input, known.cache_write, known.output
  from analytics_model_prices known
  where known.tenant_id = used.tenant_id and known.valid_from <= used.day
    and (known.provider = '' or spanledger_price_word(known.provider) = word.provider)
    and (known.service_tier = '' or spanledger_price_word(known.service_tier) = word.service_tier)
    and word.model like replace(replace(replace(replace(
      spanledger_price_word(known.model), '\', '\\'), '%', '\%'), '_', '\_'), '*', '%')
  order by strpos(known.model, '*') = 0 desc, length(replace(known.model, '*', '')) desc, known.provider <> '' desc,
    known.service_tier <> '' desc, known.valid_from desc, known.model, known.provider, known.service_tier
  limit 1
) price on true
where used.calls <> 0;

-- Down Migration
drop view analytics_ai_spend;
create view analytics_ai_spend with (security_invoker = true) as
select used.tenant_id, used.day, word.provider, word.model, word.service_tier,
  used.calls, used.failed_calls, used.calls_without_usage, used.calls_without_session, used.unclear_calls, used.sampled_calls,
  used.uncached_tokens, used.cache_read_tokens, used.cache_write_tokens, used.output_tokens,
  -- Null: none of the tokens has a price.
  case when used.uncached_tokens <> 0 and price.input is not null
      or used.cache_read_tokens <> 0 and price.cached_input is not null
      or used.cache_write_tokens <> 0 and price.cache_write is not null
      or used.output_tokens <> 0 and price.output is not null
    then (used.uncached_tokens * coalesce(price.input, 0) + used.cache_read_tokens * coalesce(price.cached_input, 0)
      + used.cache_write_tokens * coalesce(price.cache_write, 0) + used.output_tokens * coalesce(price.output, 0)) * 0.000001
  end as spend,
  case when price.input is null then used.uncached_tokens else 0 end
    + case when price.cached_input is null then used.cache_read_tokens else 0 end
    + case when price.cache_write is null then used.cache_write_tokens else 0 end
    + case when price.output is null then used.output_tokens else 0 end as unpriced_tokens
from analytics_ai_tokens used
cross join lateral (
  select spanledger_price_word(used.provider) as provider, spanledger_price_word(used.model) as model,
    spanledger_price_word(used.service_tier) as service_tier
) word
left join lateral (
  select known.input, known.cached_input, known.cache_write, known.output
  from analytics_model_prices known
  where known.tenant_id = used.tenant_id and known.valid_from <= used.day
    and (known.provider = '' or spanledger_price_word(known.provider) = word.provider)
    and (known.service_tier = '' or spanledger_price_word(known.service_tier) = word.service_tier)
    and word.model like replace(replace(replace(replace(
      spanledger_price_word(known.model), '\', '\\'), '%', '\%'), '_', '\_'), '*', '%')
  order by strpos(known.model, '*') = 0 desc, length(replace(known.model, '*', '')) desc, known.provider <> '' desc,
    known.service_tier <> '' desc, known.valid_from desc, known.model, known.provider, known.service_tier
  limit 1
) price on true
where used.calls <> 0;
comment on view analytics_ai_spend is 'Calls of models with their tokens and what they cost, by business day, provider, model and service tier.';
select spanledger_grant_rights();
