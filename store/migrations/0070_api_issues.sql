-- no-transaction
create index concurrently issue_key_idx on issue (key_id, last_event_at, id) where key_id is not null;
