-- no-transaction
drop index concurrently issue_measure_due;
