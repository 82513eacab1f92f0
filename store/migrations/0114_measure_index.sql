-- no-transaction
-- As issue_measure_due, with the new guard: a period is read from the index alone.
create index concurrently issue_measure_due_at on issue_measure (due_at) include (area, board, department_id, answered_at, contacted, on_time, solved, content,
    closed, once, called_back, passed, returned, extended, withdrawn, disagreed, excluded, aided);
