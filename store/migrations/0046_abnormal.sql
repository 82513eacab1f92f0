-- no-transaction
create index concurrently issue_abnormal_idx on issue (last_event_at desc, id desc) where flags <> '{}';
