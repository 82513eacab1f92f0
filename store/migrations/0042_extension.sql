-- no-transaction
create index concurrently issue_extension_idx on issue (due_at, id) where extension is not null;
