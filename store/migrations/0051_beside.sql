-- What goes on beside the lead: parts of co-departments, levels of handling, and tasks that decisions gave. `co` has from now on everybody besides
-- the lead who takes part (Issue::taking_part): those who read the issue. What was there before owes no parts: its events set no end for them.
alter table issue add column owed_by bigint[] not null default '{}';
comment on column issue.owed_by is 'Departments that owe a part or a task (Issue::owing)';
alter table issue add column tier text not null default 'board';
comment on column issue.tier is '办理层级: board, consult, meeting (domain::issue::Tier)';

-- Counted as taking part is who owes something.
create or replace function standing_of(i issue) returns standing language sql immutable as $$
    select case when i.open then row(i.queue, i.centre, i.area, i.lead, i.owed_by, i.station_id, i.enterprise_station, i.warn_at,
        i.late_at)::public.standing end
$$;
create or replace function tell_issues() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(1, new.id::integer);
    perform from issue i where i.enterprise_id = new.id order by i.id for update;
    if new.station_id is distinct from old.station_id then
        insert into outbox (issue_id, notices, created_at, before, after)
        select i.id, '[]', now(), standing_of(i), row(i.queue, i.centre, i.area, i.lead, i.owed_by, i.station_id, new.station_id, i.warn_at,
            i.late_at)::standing
        from issue i where i.enterprise_id = new.id and i.open;
    end if;
    update issue set enterprise_name = new.name, enterprise_station = new.station_id where enterprise_id = new.id;
    return null;
end
$$;
-- Open issues of which a department owes something; `@>` is not leakproof (issues_with_co).
create function issues_owed_by(department bigint) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select id from issue where open and owed_by <> '{}' and owed_by @> array[department]
$$;

-- As before, with these columns; a server of before, which knows none of them, may still be at work.
create or replace function write_filing(projection jsonb, actor text, actor_name text, event text, hash bytea, notices jsonb,
    out issue_id bigint, out number text, out already boolean) language plpgsql security definer as $$
declare
    r public.issue := jsonb_populate_record(null::public.issue, projection);
    most integer := coalesce((projection ->> 'most_a_day')::integer, 0);
begin
    r.owed_by := coalesce(r.owed_by, '{}');
    r.tier := coalesce(r.tier, 'board');
    select i.id, i.number into issue_id, number from public.issue i
    where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
    already := found;
    if not already then
        perform public.hold_enterprise(r.enterprise_id);
        select e.name, e.station_id into strict r.enterprise_name, r.enterprise_station from public.enterprise e where e.id = r.enterprise_id;
    end if;
    if public.scope('kind') not in ('member', 'station', 'system') or public.scope('kind') is null
        or not public.may_read_issue(r.enterprise_id, r.station_id, r.enterprise_station, r.area, r.centre, r.lead, r.co, false)
    then
        raise exception 'not the issues of this enterprise' using errcode = 'insufficient_privilege';
    end if;
    if already then
        return;
    end if;
    if most > 0 and most <= (select count(*) from (select from public.issue i where i.enterprise_id = r.enterprise_id
        and i.last_event_at > r.submitted_at - interval '1 day' and i.submitted_at > r.submitted_at - interval '1 day' limit most) today)
    then
        raise exception 'too many filings in a day' using errcode = 'check_violation', constraint = 'issue_most_a_day';
    end if;
    r.id := nextval('public.issue_id_seq');
    r.number := public.next_issue_number(r.submitted_at);
    insert into public.issue overriding system value values (r.*) on conflict on constraint issue_client_key do nothing;
    if not found then
        -- The other click of a double click was faster.
        select i.id, i.number into strict issue_id, number from public.issue i
        where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
        already := true;
        return;
    end if;
    insert into public.issue_event (issue_id, seq, at, kind, actor, actor_name, event, hash)
    values (r.id, 1, r.submitted_at, 'submitted', write_filing.actor::json, write_filing.actor_name, write_filing.event::json,
        write_filing.hash);
    insert into public.outbox (issue_id, notices, created_at, after)
    values (r.id, write_filing.notices, r.submitted_at, public.standing_of(r));
    issue_id := r.id;
    number := r.number;
end
$$;
create or replace function project_issue(target bigint, projection jsonb, notices jsonb) returns void language plpgsql security definer as $$
declare
    r public.issue := jsonb_populate_record(null::public.issue, projection);
    before public.standing;
    after public.standing;
begin
    if not exists (select from public.issue_event where issue_id = target and seq = r.version and xmin = pg_current_xact_id()::xid) then
        raise exception 'issue % has no new event %', target, r.version using errcode = 'insufficient_privilege';
    end if;
    before := (select public.standing_of(i) from public.issue i where i.id = target);
    update public.issue i set centre = r.centre, state = r.state, round = r.round, version = r.version, category = r.category,
        board = r.board, level = r.level, urgency = r.urgency, lead = r.lead, co = r.co, proposed = r.proposed, returned = r.returned,
        due_at = r.due_at, warn_at = r.warn_at, late_at = r.late_at, pause_cap = r.pause_cap, answered_at = r.answered_at,
        ended_at = r.ended_at, outcome = r.outcome, rating_level = r.rating_level, rating_solved = r.rating_solved, flags = r.flags,
        last_event_at = r.last_event_at, open = r.open, queue = r.queue, extension = r.extension, call_back_due = r.call_back_due,
        call_back_missed = r.call_back_missed, alarm_at = r.alarm_at, owed_by = coalesce(r.owed_by, i.owed_by), tier = coalesce(r.tier, i.tier)
    where i.id = target;
    after := (select public.standing_of(i) from public.issue i where i.id = target);
    insert into public.outbox (issue_id, notices, created_at, before, after)
    values (target, project_issue.notices, r.last_event_at, before, after);
end
$$;
-- As before, with state and level, and with what a department owes in the place of what it takes part in.
create or replace function filtered_issues(wanted jsonb, now_at timestamptz, after_at timestamptz, after_id bigint, most bigint) returns setof issue
language plpgsql stable rows 50 set search_path = public, pg_temp as $$
declare
    kind text := scope('kind');
    queue text := wanted ->> 'queue';
    target bigint;
    cond text;
    key text := case wanted ->> 'sort' when 'urgent' then 'late_at' else 'submitted_at' end;
    way text := case wanted ->> 'sort' when 'newest' then 'desc' else 'asc' end;
    side text := case wanted ->> 'sort' when 'newest' then '<' else '>' end;
begin
    case kind
        when 'handler' then
            target := scope_id('department');
            cond := case queue when 'all' then format('(i.lead = %1$s or i.id in (select issues_with_co(%1$s)))', target)
                when 'assisting' then format('i.id in (select issues_owed_by(%s))', target)
                else format('i.lead = %s', target) end;
        when 'station' then
            target := scope_id('station');
            cond := case queue when 'filed' then format('i.station_id = %1$s and i.id = any (array(select issues_of_station(%1$s, 2000)))', target)
                else format('(i.station_id = %1$s or i.enterprise_station = %1$s)', target) end;
        when 'centre', 'leader', 'supervisor' then
            target := scope_id('area');
            cond := case when target % 100 = 0 then 'true' when kind <> 'centre' then format('i.area = %s', target)
                when queue = 'all' then format('(i.area = %1$s or i.centre = %1$s)', target) else format('i.centre = %s', target) end;
        else return;
    end case;
    if queue = 'found' then
        cond := format('i.id = any (array(select search_issues(%L::tsquery, 2000) union select o.id from issue o where o.number = %L
            union select issues_of_contact(%L, 2000)
            union (select o.id from issue o where o.lead = any (%L::bigint[]) order by o.submitted_at desc limit 2000)))',
            wanted ->> 'words', upper(wanted ->> 'exact'), wanted ->> 'exact', wanted ->> 'departments');
    end if;
    cond := cond || case queue when 'all' then '' when 'filed' then '' when 'found' then '' when 'open' then ' and i.open'
        when 'assisting' then ' and i.open'
        when 'soon' then format(' and i.open and i.warn_at <= %L and i.late_at > %L', now_at, now_at)
        when 'late' then format(' and i.open and i.late_at <= %L', now_at)
        else format(' and i.open and i.queue = %L', queue) end;
    cond := cond
        || coalesce(' and i.area = ' || (wanted ->> 'area')::integer, '')
        || coalesce(' and i.lead = ' || (wanted ->> 'department')::bigint, '')
        || case when wanted ? 'category' then format(' and i.category = %L', wanted ->> 'category') else '' end
        || case when wanted ? 'from' then format(' and i.submitted_at >= %L', (wanted ->> 'from')::timestamptz) else '' end
        || case when wanted ? 'before' then format(' and i.submitted_at < %L', (wanted ->> 'before')::timestamptz) else '' end
        || case when wanted ? 'flag' then format(' and i.flags @> array[%L]', wanted ->> 'flag') else '' end
        || case when wanted ? 'state' then format(' and i.state = %L', wanted ->> 'state') else '' end
        || case when wanted ? 'tier' then format(' and i.tier = %L', wanted ->> 'tier') else '' end;
    if queue in ('all', 'filed', 'found') then
        return query execute format('select i.* from issue i where %s and (i.submitted_at, i.id) %s ($1, $2)
            order by i.submitted_at %s, i.id %s limit $3', cond, side, way, way) using after_at, after_id, most;
    else
        return query execute format('select i.* from (
                select k.id, k.at from (select i.id, i.%I as at from issue i where %s offset 0) k
                where (k.at, k.id) %s ($1, $2) order by k.at %s, k.id %s limit $3) f
            join issue i on i.id = f.id order by f.at %s, f.id %s', key, cond, side, way, way, way, way)
            using after_at, after_id, most;
    end if;
end
$$;

-- 交办事项, a row each, written in the transaction of every command of an issue that has some (store::issue::task).
create table issue_task (
    issue_id bigint not null constraint issue_task_issue_fkey references issue,
    -- Counted through all decisions of the issue, from 0.
    place integer not null,
    department_id bigint not null constraint issue_task_department_fkey references department,
    what text not null,
    due_at timestamptz not null,
    done_at timestamptz,
    confirmed_at timestamptz,
    constraint issue_task_pkey primary key (issue_id, place)
);
comment on table issue_task is '交办事项: what a decision gave to a department, by when, done, confirmed';
create index issue_task_open_idx on issue_task (due_at) where confirmed_at is null;
create index issue_task_department_idx on issue_task (department_id, due_at) where confirmed_at is null;
alter table issue_task enable row level security;
-- As visible as the issue, to the offices that handle it or look on.
create policy issue_task_scope on issue_task for select using ((select scope('kind')) = 'system'
    or (select scope('kind')) in ('centre', 'handler', 'supervisor', 'leader') and exists (select from issue i where i.id = issue_id));
grant select on issue_task to qifu_app;

-- What an issue's tasks are after a command: by whoever has just written an event of it, in the same transaction, or by the system.
create function put_tasks(target bigint, tasks jsonb) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if scope('kind') is distinct from 'system'
        and not exists (select from issue_event where issue_id = target and xmin = pg_current_xact_id()::xid)
    then
        raise exception 'issue % has no new event', target using errcode = 'insufficient_privilege';
    end if;
    insert into issue_task as t select target, r.place, r.department_id, r.what, r.due_at, r.done_at, r.confirmed_at
    from jsonb_populate_recordset(null::issue_task, tasks) r
    on conflict (issue_id, place) do update set done_at = excluded.done_at, confirmed_at = excluded.confirmed_at;
end
$$;

-- Who takes part is counted by another rule than before.
select recount_desk();
