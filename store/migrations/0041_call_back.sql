-- no-transaction
create index concurrently issue_call_back_idx on issue (call_back_due, id) where call_back_due is not null;
