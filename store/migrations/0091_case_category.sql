-- no-transaction
-- Of the cases that are told, those of the categories that somebody's words point to come first: compared while they type.
create index concurrently typical_case_category_idx on typical_case (category, requested_at desc, id desc) where withdrawn_at is null;
