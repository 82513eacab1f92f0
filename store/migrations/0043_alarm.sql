-- no-transaction
create index concurrently issue_alarm_idx on issue (alarm_at, id) where alarm_at is not null;
