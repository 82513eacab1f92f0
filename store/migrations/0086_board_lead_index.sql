-- no-transaction
create index concurrently issue_board_lead_idx on issue (board_lead, late_at, id) where board_lead is not null;
