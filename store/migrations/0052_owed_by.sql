-- no-transaction
create index concurrently issue_owed_by_idx on issue using gin (owed_by) where open and owed_by <> '{}';
