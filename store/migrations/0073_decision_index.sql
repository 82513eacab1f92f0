-- no-transaction
create index concurrently issue_event_decision_idx on issue_event (at desc) where kind in ('consulted', 'resolved');
