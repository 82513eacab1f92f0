-- What is asked of issues in one round trip, and what needs more rights than whoever asks.

create function next_issue_number(at timestamptz) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    today date := (at at time zone 'Asia/Shanghai')::date;
    day_base bigint;
    n bigint;
begin
    select base into day_base from issue_day where day = today;
    if day_base is null then
        insert into issue_day (day, base) values (today, nextval('issue_number_seq')) on conflict do nothing;
        select base into day_base from issue_day where day = today;
    end if;
    n := nextval('issue_number_seq') - day_base;
    return 'HZ-' || to_char(today, 'YYYY-MMDD') || lpad(n::text, greatest(5, length(n::text)), '0');
end
$$;

-- One round trip files an issue whole: projection, first event, outbox, photos. Runs with the caller's rights, so the policies check
-- every row. The same key of the same enterprise answers the number it got the first time.
create function file_issue(projection jsonb, actor text, actor_name text, event text, hash bytea, notices jsonb, photos uuid[],
    out issue_id bigint, out number text, out already boolean) language plpgsql as $$
declare
    r issue := jsonb_populate_record(null::issue, projection);
begin
    select i.id, i.number into issue_id, number from issue i where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
    already := found;
    if already then
        return;
    end if;
    r.id := nextval(pg_get_serial_sequence('issue', 'id'));
    r.number := next_issue_number(r.submitted_at);
    begin
        insert into issue overriding system value values (r.*);
    exception when unique_violation then
        -- The other click of a double click was faster.
        select i.id, i.number into strict issue_id, number from issue i
        where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
        already := true;
        return;
    end;
    insert into issue_event (issue_id, seq, at, kind, actor, actor_name, event, hash)
    values (r.id, 1, r.submitted_at, 'submitted', file_issue.actor::json, file_issue.actor_name, file_issue.event::json, file_issue.hash);
    insert into outbox (issue_id, notices, created_at) values (r.id, file_issue.notices, r.submitted_at);
    if cardinality(photos) > 0 then
        update photo p set issue_id = r.id, seq = 1, ordinal = u.ordinality
        from unnest(file_issue.photos) with ordinality u (id, ordinality)
        where p.id = u.id and p.issue_id is null and p.enterprise_id = r.enterprise_id;
    end if;
    issue_id := r.id;
    number := r.number;
end
$$;

-- Writes what an issue has become. Definer's rights, because a command may end its author's own view (a department that returns an
-- issue), which the policy would refuse for the new row. So it has to ask: only in the transaction that has just appended the event
-- of this very version, which the caller's own policy allowed. On its own it would be a way to change any issue there is.
create function project_issue(target bigint, projection jsonb) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    r issue := jsonb_populate_record(null::issue, projection);
begin
    if not exists (select from issue_event where issue_id = target and seq = r.version and xmin = pg_current_xact_id()::xid) then
        raise exception 'issue % has no new event %', target, r.version using errcode = 'insufficient_privilege';
    end if;
    update issue set centre = r.centre, state = r.state, round = r.round, version = r.version, category = r.category, board = r.board,
        level = r.level, urgency = r.urgency, lead = r.lead, co = r.co, proposed = r.proposed, returned = r.returned, due_at = r.due_at,
        warn_at = r.warn_at, late_at = r.late_at, pause_cap = r.pause_cap, answered_at = r.answered_at, ended_at = r.ended_at,
        outcome = r.outcome, rating_level = r.rating_level, rating_solved = r.rating_solved, flags = r.flags,
        last_event_at = r.last_event_at, open = r.open
    where id = target;
end
$$;

-- Many issues at once, numbered in the order of their submission (store::issue::history).
create function import_issues(projections jsonb) returns table (id bigint, client_key uuid) language plpgsql as $$
#variable_conflict use_column
declare
    r issue;
begin
    for r in select p.* from jsonb_populate_recordset(null::issue, projections) p order by p.submitted_at loop
        r.id := nextval(pg_get_serial_sequence('issue', 'id'));
        r.number := next_issue_number(r.submitted_at);
        insert into issue overriding system value values (r.*);
        id := r.id;
        client_key := r.client_key;
        return next;
    end loop;
end
$$;

-- Under row-level security `@@` may not use an index before the policy has been asked (it is not leakproof), so the words are
-- looked up here, newest first, and every id found goes through the policy again in the caller's query. Planned for the words at
-- hand: rare words come from the index, for frequent ones the newest are looked through until there are enough; a plan for any
-- words at all read every row. Callers may expect a hundred ids, so that they fetch these issues singly.
create function search_issues(query tsquery, most integer) returns setof bigint
language plpgsql stable security definer rows 100
set search_path = public, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
    return query select issue_id from issue_search where tokens @@ query order by issue_id desc limit most;
end
$$;

-- Open issues a department takes part in; `@>` is not leakproof either.
create function issues_with_co(department bigint) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select id from issue where open and co <> '{}' and co @> array[department]
$$;

