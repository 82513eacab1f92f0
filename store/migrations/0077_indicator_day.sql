-- The six indicators summed by day (S-10, S-29): a year of a whole city is some ten thousand rows then instead of a million. Only days that are over are
-- summed. A command that moves a measure of such a day leaves a mark beside it, in the same transaction; until a worker has summed that day again it is
-- counted from its measures. So a figure is never late, whatever the workers do.
create table indicator_day (
    -- On the city's clock, when it was due.
    day date not null,
    area integer not null,
    board text not null,
    department_id bigint,
    due integer not null,
    contacted integer not null,
    on_time integer not null,
    answered integer not null,
    solved integer not null,
    rated integer not null,
    content integer not null,
    closed integer not null,
    once integer not null,
    called_back integer not null,
    passed integer not null,
    returned integer not null,
    extended integer not null,
    withdrawn integer not null,
    disagreed integer not null,
    constraint indicator_day_key unique nulls not distinct (day, area, board, department_id)
);
comment on table indicator_day is 'The six indicators summed by the day of the promise: projection of issue_measure, for days that are over';

create table indicator_stale (
    id bigint generated always as identity constraint indicator_stale_pkey primary key,
    day date not null
);
comment on table indicator_stale is 'Days of indicator_day to be summed again: a row for each change';

create table indicator_rolled (
    one boolean constraint indicator_rolled_pkey primary key default true constraint indicator_rolled_one_check check (one),
    through date not null
);
comment on table indicator_rolled is 'The last day that indicator_day has; no row before the first';

alter table indicator_day enable row level security;
-- As issue_measure_scope.
create policy indicator_day_scope on indicator_day for select using ((select scope('kind')) = 'system'
    or (select scope('kind')) in ('centre', 'leader', 'supervisor')
        and (((select scope_id('area')) % 100 = 0) or area = (select scope_id('area'))::integer)
    or (select scope('kind')) = 'handler' and department_id = (select scope_id('department')));
alter table indicator_stale enable row level security;
create policy indicator_stale_scope on indicator_stale for select
    using ((select scope('kind')) in ('system', 'centre', 'leader', 'supervisor', 'handler'));
alter table indicator_rolled enable row level security;
create policy indicator_rolled_scope on indicator_rolled for select
    using ((select scope('kind')) in ('system', 'centre', 'leader', 'supervisor', 'handler'));
grant select on indicator_day, indicator_stale, indicator_rolled to qifu_app;

create or replace function begin_measure() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into issue_measure (issue_id, area, board, due_at) values (new.id, new.area, new.board, new.due_at) on conflict do nothing;
    -- A promise lies in the future; what is loaded of the past may not.
    if new.due_at < now() + interval '1 day' then
        insert into indicator_stale (day) select (new.due_at at time zone 'Asia/Shanghai')::date from indicator_rolled;
    end if;
    return null;
end
$$;

create or replace function put_measure(target bigint, measure jsonb) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    before timestamptz;
begin
    if scope('kind') is distinct from 'system'
        and not exists (select from issue_event where issue_id = target and xmin = pg_current_xact_id()::xid)
    then
        raise exception 'issue % has no new event', target using errcode = 'insufficient_privilege';
    end if;
    select due_at into before from issue_measure where issue_id = target;
    insert into issue_measure as m select r.* from jsonb_populate_record(null::issue_measure, measure || jsonb_build_object('issue_id', target)) r
    on conflict (issue_id) do update set area = excluded.area, board = excluded.board, department_id = excluded.department_id,
        due_at = excluded.due_at, answered_at = excluded.answered_at, contacted = excluded.contacted, on_time = excluded.on_time,
        solved = excluded.solved, content = excluded.content, closed = excluded.closed, once = excluded.once,
        called_back = excluded.called_back, passed = excluded.passed, returned = excluded.returned, extended = excluded.extended,
        withdrawn = excluded.withdrawn, disagreed = excluded.disagreed, excluded = excluded.excluded;
    -- The day after the last one is being summed perhaps: it is marked as well.
    insert into indicator_stale (day)
    select distinct (due at time zone 'Asia/Shanghai')::date
    from indicator_rolled, unnest(array[before, (measure->>'due_at')::timestamptz]) as due
    where (due at time zone 'Asia/Shanghai')::date <= greatest(through, (now() at time zone 'Asia/Shanghai')::date) + 1;
end
$$;

-- Sums days that are over and not summed, and those that are marked, at most so many of each; how many it summed. One server at a time: the others
-- find it taken and go on.
create function roll_indicators(today date, most integer) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
    last date;
    stale date[];
    fresh date[];
begin
    if scope('kind') is distinct from 'system' then
        raise exception 'the system sums indicators' using errcode = 'insufficient_privilege';
    end if;
    if not exists (select from indicator_rolled) then
        -- From here on changes leave marks: whoever is changing a measure now, without one, is waited for.
        lock table issue_measure in share mode;
        insert into indicator_rolled (through) select (min(due_at) at time zone 'Asia/Shanghai')::date - 1 from issue_measure having count(*) > 0
        on conflict do nothing;
        return (select count(*) from indicator_rolled);
    end if;
    select through into last from indicator_rolled for update skip locked;
    if last is null then
        return 0;
    end if;
    select coalesce(array_agg(day), '{}') into stale from (select distinct day from indicator_stale order by day limit most) as marked;
    -- Each statement sees what was committed before it: a change that this one does not see yet has left its mark for the next time.
    delete from indicator_stale where day = any(stale);
    select coalesce(array_agg(day::date), '{}') into fresh
    from generate_series(last + 1, least(today - 1, last + most), interval '1 day') as day;
    stale := array(select day from unnest(stale) as day where day <= last) || fresh;
    delete from indicator_day where day = any(stale);
    insert into indicator_day
    select d.day, m.area, m.board, m.department_id, count(*), count(*) filter (where contacted), count(*) filter (where on_time), count(answered_at),
        count(*) filter (where answered_at is not null and solved), count(content), count(*) filter (where content),
        count(*) filter (where closed), count(*) filter (where once), count(*) filter (where answered_at is not null and called_back),
        count(*) filter (where passed), count(*) filter (where returned), count(*) filter (where extended), count(*) filter (where withdrawn),
        count(*) filter (where disagreed)
    from unnest(stale) as d (day)
        join issue_measure m on m.due_at >= d.day::timestamp at time zone 'Asia/Shanghai'
            and m.due_at < (d.day + 1)::timestamp at time zone 'Asia/Shanghai'
    where not m.excluded
    group by d.day, m.area, m.board, m.department_id;
    update indicator_rolled set through = greatest(last, least(today - 1, last + most));
    return cardinality(stale);
end
$$;
revoke all on function roll_indicators(date, integer) from public;
grant execute on function roll_indicators(date, integer) to qifu_app;
