-- What no page does but a statement could: publish alone, decide as an applicant. Jobs by kind, so that a code for signing in never
-- waits behind the matching of a city. Items are looked at once a day.

create or replace function keep_published() returns trigger language plpgsql as $$
begin
    -- Nobody signs for somebody else: whoever writes and whoever publishes is the session's own account.
    if tg_op <> 'DELETE' and scope('kind') = 'policy_editor' and (
        -- What is added is a draft: a row that came published would have had no second person.
        (tg_op = 'INSERT' and (new.written_by is distinct from scope_id('staff') or new.published_by is not null or new.state <> 'draft'))
        or (tg_op = 'UPDATE' and new.written_by is distinct from old.written_by and new.written_by is distinct from scope_id('staff'))
        -- Whoever changes the words is their author, and so not the one who publishes them.
        or (tg_op = 'UPDATE' and new.written_by is distinct from scope_id('staff') and
            (new.item_id, new.version, new.body::text, new.title, new.level, new.mode, new.board, new.tags, new.valid_from, new.valid_to,
             new.apply_from, new.apply_to) is distinct from
            (old.item_id, old.version, old.body::text, old.title, old.level, old.mode, old.board, old.tags, old.valid_from, old.valid_to,
             old.apply_from, old.apply_to))
        or (tg_op = 'UPDATE' and new.published_by is distinct from old.published_by and new.published_by is distinct from scope_id('staff'))
        or (tg_op = 'UPDATE' and new.state = 'published' and old.state <> 'published' and new.published_by is null))
    then
        raise exception 'not in the name of another account' using errcode = 'insufficient_privilege';
    end if;
    if tg_op = 'INSERT' then
        return new;
    end if;
    if tg_op = 'DELETE' then
        if old.state in ('published', 'withdrawn') then
            raise exception 'a published version stays' using errcode = 'restrict_violation';
        end if;
        return old;
    end if;
    -- It may be withdrawn; nothing else of it moves, its dates neither.
    if old.state in ('published', 'withdrawn') and
        (old.item_id, old.version, old.body::text, old.title, old.level, old.mode, old.board, old.tags, old.valid_from, old.valid_to,
         old.apply_from, old.apply_to, old.written_by, old.written_at, old.published_by, old.published_at) is distinct from
        (new.item_id, new.version, new.body::text, new.title, new.level, new.mode, new.board, new.tags, new.valid_from, new.valid_to,
         new.apply_from, new.apply_to, new.written_by, new.written_at, new.published_by, new.published_at)
    then
        raise exception 'a published version never changes' using errcode = 'restrict_violation';
    end if;
    if old.state = 'withdrawn' or (old.state = 'published' and new.state not in ('published', 'withdrawn')) then
        raise exception 'a published version never changes' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

create or replace function keep_frozen() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if scope('kind') = 'member' and (new.state <> 'submitted' or new.seq <> 1 or new.approved_amount is not null
            or new.paid_amount is not null or new.notice_until is not null or new.rating is not null)
        then
            raise exception 'an enterprise does not decide' using errcode = 'insufficient_privilege';
        end if;
        return new;
    end if;
    if (old.enterprise_id, old.item_id, old.version, old.facts, old.as_of, old.amount, old.number, old.submitted_at, old.client_key,
        old.enterprise_name, old.uscc, old.area, old.title, old.mode, old.person_id) is distinct from
        (new.enterprise_id, new.item_id, new.version, new.facts, new.as_of, new.amount, new.number, new.submitted_at, new.client_key,
        new.enterprise_name, new.uscc, new.area, new.title, new.mode, new.person_id)
    then
        raise exception 'what an application was computed on is frozen' using errcode = 'restrict_violation';
    end if;
    -- Who reviews it may change when departments do; neither side chooses its judge.
    if scope('kind') <> 'system' and (old.item_area, old.department_id) is distinct from (new.item_area, new.department_id) then
        raise exception 'nobody chooses who reviews' using errcode = 'insufficient_privilege';
    end if;
    -- The enterprise supplies, withdraws and rates; money and decisions are the reviewer's.
    if scope('kind') = 'member' and (
        (old.approved_amount, old.paid_amount, old.notice_until) is distinct from (new.approved_amount, new.paid_amount, new.notice_until)
        or not (new.state in (old.state, 'withdrawn') or (old.state = 'awaiting_input' and new.state = 'reviewing')))
    then
        raise exception 'an enterprise does not decide' using errcode = 'insufficient_privilege';
    end if;
    if scope('kind') in ('handler', 'policy_editor')
        and (old.rating, old.rating_comment, old.rated_at) is distinct from (new.rating, new.rating_comment, new.rated_at)
    then
        raise exception 'reviewers do not rate themselves' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
drop trigger application_keep on application;
create trigger application_keep before insert or update on application for each row execute function keep_frozen();

create policy application_event_insert on application_event as restrictive for insert with check (
    (select scope('kind')) <> 'member' or kind in ('submitted', 'supply', 'withdraw', 'rate')
);

-- Every kind has a queue of its own.
create index job_kind_idx on job (kind, run_at, id) where attempts < 10;
drop index job_due_idx;

alter table policy_item add column matched_on date;
comment on column policy_item.matched_on is 'Last day on which it was seen to whether the day itself changes who matches';
