-- no-transaction
create unique index concurrently application_period_key on application (enterprise_id, item_id, period) where state not in ('rejected', 'withdrawn');
