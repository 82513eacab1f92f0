-- no-transaction
-- Whom a number was shown to, by issue (0066_issue_record.sql).
create index concurrently security_event_unmasked_idx on security_event (subject, id) where kind = 'unmasked';
