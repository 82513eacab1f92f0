-- no-transaction
-- What nobody counts by any more goes once a day, in batches: each of them looked through all counters.
create index concurrently rate_limit_start_idx on rate_limit (window_start);
