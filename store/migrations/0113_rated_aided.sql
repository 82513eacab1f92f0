-- 工作设备评价率: of the ratings, how many came from a browser in which staff had signed in, a station's or a colleague's (a guard of the six indicators, S-10).
-- The rating's event says which, with who signed in there and when; ratings of before say nothing of it.
alter table issue_measure add column aided boolean not null default false;
alter table indicator_day add column aided integer not null default 0;

-- Who of the staff signed in last in a browser: told to a member's session alone, for the rating it is about to give.
create function staff_in_browser(mark bytea) returns table (staff bigint, name text, at timestamptz)
language sql stable security definer set search_path = public, pg_temp rows 1 as $$
    select t.id, case t.role when 'handler' then d.name when 'station' then st.name when 'centre' then a.name || '企服中心' else a.name end || ' ' || t.name,
        k.seen_at
    from known_browser k
    join staff t on t.id = k.staff_id
    left join department d on d.id = t.department_id
    left join station st on st.id = t.station_id
    left join area a on a.code = t.area
    where k.browser = mark and scope('kind') = 'member'
    order by k.seen_at desc, t.id limit 1
$$;
revoke all on function staff_in_browser(bytea) from public;
grant execute on function staff_in_browser(bytea) to qifu_app;

-- As before, and what a server of before does not say is not so.
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
    insert into issue_measure as m select r.* from jsonb_populate_record(null::issue_measure,
        jsonb_build_object('aided', false) || measure || jsonb_build_object('issue_id', target)) r
    on conflict (issue_id) do update set area = excluded.area, board = excluded.board, department_id = excluded.department_id,
        due_at = excluded.due_at, answered_at = excluded.answered_at, contacted = excluded.contacted, on_time = excluded.on_time,
        solved = excluded.solved, content = excluded.content, closed = excluded.closed, once = excluded.once,
        called_back = excluded.called_back, passed = excluded.passed, returned = excluded.returned, extended = excluded.extended,
        withdrawn = excluded.withdrawn, disagreed = excluded.disagreed, aided = excluded.aided, excluded = excluded.excluded;
    -- The day after the last one is being summed perhaps: it is marked as well.
    insert into indicator_stale (day)
    select distinct (due at time zone 'Asia/Shanghai')::date
    from indicator_rolled, unnest(array[before, (measure->>'due_at')::timestamptz]) as due
    where (due at time zone 'Asia/Shanghai')::date <= greatest(through, (now() at time zone 'Asia/Shanghai')::date) + 1;
end
$$;

-- As before, with one sum more.
create or replace function roll_indicators(today date, most integer) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
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
    insert into indicator_day (day, area, board, department_id, due, contacted, on_time, answered, solved, rated, content, closed, once, called_back,
        passed, returned, extended, withdrawn, disagreed, aided)
    select d.day, m.area, m.board, m.department_id, count(*), count(*) filter (where contacted), count(*) filter (where on_time), count(answered_at),
        count(*) filter (where answered_at is not null and solved), count(content), count(*) filter (where content),
        count(*) filter (where closed), count(*) filter (where once), count(*) filter (where answered_at is not null and called_back),
        count(*) filter (where passed), count(*) filter (where returned), count(*) filter (where extended), count(*) filter (where withdrawn),
        count(*) filter (where disagreed), count(*) filter (where aided)
    from unnest(stale) as d (day)
        join issue_measure m on m.due_at >= d.day::timestamp at time zone 'Asia/Shanghai'
            and m.due_at < (d.day + 1)::timestamp at time zone 'Asia/Shanghai'
    where not m.excluded
    group by d.day, m.area, m.board, m.department_id;
    update indicator_rolled set through = greatest(last, least(today - 1, last + most));
    return cardinality(stale);
end
$$;
