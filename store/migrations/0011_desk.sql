-- What the desk counts (store::issue::tally). Counting the open issues on every page would cost what is open; this costs what changed.
--
-- A command leaves in the outbox how its issue stood before and after. The outbox worker folds these into `desk_tally`, in batches; a
-- reader adds what is not folded yet, so the counts are exact at any moment, whatever worker runs or not. `warned` and `late` depend
-- on time: they are kept as of an instant, `desk_mark`, and a reader adds what an index says has passed since. Whoever folds or moves
-- the mark holds the advisory lock 1 (store::issue::tally::LOCK).

create table desk_tally (
    -- city, centre, area, lead, co, station; and which one.
    scope text not null,
    id bigint not null,
    to_accept bigint not null default 0,
    to_dispatch bigint not null default 0,
    returned bigint not null default 0,
    to_sign bigint not null default 0,
    mine bigint not null default 0,
    to_rate bigint not null default 0,
    -- Open issues that warned, and that were late, at the instant of desk_mark; what is late has warned.
    warned bigint not null default 0,
    late bigint not null default 0,
    constraint desk_tally_pkey primary key (scope, id)
);
-- Rows are few and change all the time: room for new versions on the same page.
alter table desk_tally set (fillfactor = 50);

create table desk_mark (
    one boolean default true constraint desk_mark_pkey primary key constraint desk_mark_one_check check (one),
    at timestamptz not null
);
insert into desk_mark (at) values ('1970-01-01 00:00:00Z');

alter table desk_tally enable row level security;
create policy desk_tally_scope on desk_tally using ((select scope('kind')) = 'system');
alter table desk_mark enable row level security;
create policy desk_mark_scope on desk_mark using ((select scope('kind')) = 'system');
grant select, insert, update, delete on desk_tally to qifu_app;
grant select, update on desk_mark to qifu_app;

-- The scopes an open issue is counted in.
create function scopes_of(s standing) returns table (scope text, id bigint) language sql immutable as $$
    select 'city', 0
    union all select 'centre', (s).centre
    union all select 'area', (s).area
    union all select 'lead', (s).lead where (s).lead is not null
    union all select 'co', c from unnest((s).co) c
    union all select 'station', (s).station where (s).station is not null
    union all select 'station', (s).enterprise_station where (s).enterprise_station is not null
        and (s).enterprise_station is distinct from (s).station
$$;

-- The counts of whoever asks, by the scope of the session and by nothing else; no row for those without a desk. Stable: all of it is
-- read from one snapshot. Its plans are the same for all times and scopes; left to itself, PostgreSQL makes them anew at each call.
create function desk_counts(now_at timestamptz) returns table (to_accept bigint, to_dispatch bigint, returned bigint, to_sign bigint,
    mine bigint, to_rate bigint, soon bigint, late bigint, opened bigint, assisting bigint)
language plpgsql stable security definer rows 1 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
    kind text := public.scope('kind');
    which text;
    target bigint;
    mark timestamptz;
    -- All that are warned, the late ones too.
    warned bigint;
    d record;
begin
    case kind
        when 'centre', 'leader', 'supervisor' then
            target := public.scope_id('area');
            which := case when target % 100 = 0 then 'city' when kind = 'centre' then 'centre' else 'area' end;
        when 'handler' then which := 'lead'; target := public.scope_id('department');
        when 'station' then which := 'station'; target := public.scope_id('station');
        else return;
    end case;
    select m.at, coalesce(t.to_accept, 0), coalesce(t.to_dispatch, 0), coalesce(t.returned, 0), coalesce(t.to_sign, 0),
        coalesce(t.mine, 0), coalesce(t.to_rate, 0), coalesce(t.warned, 0), coalesce(t.late, 0),
        coalesce(c.to_accept + c.to_dispatch + c.returned + c.to_sign + c.mine + c.to_rate, 0)
    into mark, to_accept, to_dispatch, returned, to_sign, mine, to_rate, warned, late, assisting
    from public.desk_mark m
    left join public.desk_tally t on t.scope = which and t.id = case which when 'city' then 0 else target end
    left join public.desk_tally c on kind = 'handler' and c.scope = 'co' and c.id = target;
    -- What is not folded yet.
    if exists (select from public.outbox) then
        select coalesce(sum(s.n) filter (where s.queue = 'to_accept'), 0) as to_accept,
            coalesce(sum(s.n) filter (where s.queue = 'to_dispatch'), 0) as to_dispatch,
            coalesce(sum(s.n) filter (where s.queue = 'returned'), 0) as returned,
            coalesce(sum(s.n) filter (where s.queue = 'to_sign'), 0) as to_sign,
            coalesce(sum(s.n) filter (where s.queue = 'mine'), 0) as mine,
            coalesce(sum(s.n) filter (where s.queue = 'to_rate'), 0) as to_rate,
            coalesce(sum(s.n) filter (where s.warn_at <= mark), 0) as warned,
            coalesce(sum(s.n) filter (where s.late_at <= mark), 0) as late
        into d
        from (select (o.after).*, 1 as n from public.outbox o where o.after is distinct from null
            union all select (o.before).*, -1 from public.outbox o where o.before is distinct from null) s
        where case which when 'city' then true when 'centre' then s.centre = target when 'area' then s.area = target
            when 'lead' then s.lead = target else target in (s.station, s.enterprise_station) end;
        to_accept := to_accept + d.to_accept;
        to_dispatch := to_dispatch + d.to_dispatch;
        returned := returned + d.returned;
        to_sign := to_sign + d.to_sign;
        mine := mine + d.mine;
        to_rate := to_rate + d.to_rate;
        warned := warned + d.warned;
        late := late + d.late;
        if kind = 'handler' then
            assisting := assisting + (select coalesce(sum(case when target = any((o.after).co) then 1 else 0 end
                - case when target = any((o.before).co) then 1 else 0 end), 0) from public.outbox o);
        end if;
    end if;
    -- What time has changed since the mark; a server whose clock is behind takes back.
    select count(*) filter (where i.late_at <= now_at) - count(*) filter (where i.late_at > now_at) as n into d
    from public.issue i
    where i.open and i.late_at > least(mark, now_at) and i.late_at <= greatest(mark, now_at)
        and case which when 'city' then true when 'centre' then i.centre = target when 'area' then i.area = target
            when 'lead' then i.lead = target else target in (i.station_id, i.enterprise_station) end;
    late := late + d.n;
    select count(*) filter (where i.warn_at <= now_at) - count(*) filter (where i.warn_at > now_at) as n into d
    from public.issue i
    where i.open and i.warn_at > least(mark, now_at) and i.warn_at <= greatest(mark, now_at)
        and case which when 'city' then true when 'centre' then i.centre = target when 'area' then i.area = target
            when 'lead' then i.lead = target else target in (i.station_id, i.enterprise_station) end;
    soon := warned + d.n - late;
    opened := to_accept + to_dispatch + returned + to_sign + mine + to_rate;
    return next;
end
$$;

-- Counts everything anew, for whoever changed issues by hand. What is not folded yet is left to its fold.
create function recount_desk() returns void language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(1);
    update desk_mark set at = now();
    delete from desk_tally;
    insert into desk_tally (scope, id, to_accept, to_dispatch, returned, to_sign, mine, to_rate, warned, late)
    select c.scope, c.id, coalesce(sum(n) filter (where (k.s).queue = 'to_accept'), 0),
        coalesce(sum(n) filter (where (k.s).queue = 'to_dispatch'), 0), coalesce(sum(n) filter (where (k.s).queue = 'returned'), 0),
        coalesce(sum(n) filter (where (k.s).queue = 'to_sign'), 0), coalesce(sum(n) filter (where (k.s).queue = 'mine'), 0),
        coalesce(sum(n) filter (where (k.s).queue = 'to_rate'), 0), coalesce(sum(n) filter (where (k.s).warn_at <= at), 0),
        coalesce(sum(n) filter (where (k.s).late_at <= at), 0)
    from desk_mark, (select standing_of(i) as s, 1 as n from issue i where open
        union all select after, -1 from outbox where after is distinct from null
        union all select before, 1 from outbox where before is distinct from null) k
    cross join lateral scopes_of(k.s) c group by 1, 2;
end
$$;
revoke execute on function recount_desk() from public;
