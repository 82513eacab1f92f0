-- 板块牵头单位 (S-4): for a department without people in the centre the lead of the issue's board accepts and forwards. Who that is, events say; this is
-- their projection, and none from the dispatch on. Servers of before write none, and then the centre does it, as it may in any case.
alter table issue add column board_lead bigint;
comment on column issue.board_lead is 'Who may accept and forward it besides the centre (domain::issue::Issue::with_board_lead)';

-- domain::issue::permission::may_read, its other half for departments: beside the policy there is, so that `may_read_issue` stays what its callers
-- give it. What a department reads by this alone it cannot pass on, note or tell: those ask `may_read_issue`.
create function may_front_issue(board_lead bigint) returns boolean language sql stable parallel safe as $$
    select coalesce(current_setting('qifu.kind', true) = 'handler' and board_lead = public.scope_id('department'), false)
$$;
create policy issue_of_board_lead on issue using (board_lead is not null and may_front_issue(board_lead));

-- Two commands and no other.
create policy issue_event_of_board_lead on issue_event as restrictive for insert with check (
    (select scope('kind')) is distinct from 'handler' or kind in ('accepted', 'dispatched') or exists (select from issue i
        where i.id = issue_id and may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co, false)));
-- And no notes: a note is by whoever handles or looks on.
create policy issue_note_of_board_lead on issue_note as restrictive for insert with check (
    (select scope('kind')) is distinct from 'handler' or exists (select from issue i
        where i.id = issue_id and may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co, false)));

create or replace function issue_page(wanted text) returns table (id bigint, number text, enterprise_id bigint, enterprise_name text,
    uscc text, class text, registered integer, serving bigint, title text, body text, place text, contact_name text, contact_phone text,
    events event_row[], photos photo_row[]) language plpgsql stable security definer rows 1 as $$
begin
    return query select i.id, i.number, i.enterprise_id, e.name, e.uscc, e.class, e.area, i.enterprise_station, i.title, i.body, i.place,
        i.contact_name, i.contact_phone,
        array(select row(v.seq, v.at, v.actor::text, v.actor_name, v.event::text)::public.event_row
            from public.issue_event v where v.issue_id = i.id order by v.seq),
        array(select row(p.id, coalesce(p.seq, 1), p.width, p.height)::public.photo_row
            from public.photo p where p.issue_id = i.id order by p.seq, p.ordinal)
    from public.issue i join public.enterprise e on e.id = i.enterprise_id
    where i.number = wanted and (public.may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co,
        i.flags <> '{}' or (i.open and i.warn_at < now())) or public.may_front_issue(i.board_lead));
end
$$;

create or replace function issue_year(target bigint, since timestamptz, most bigint) returns table (year bigint, dissatisfied bigint)
language plpgsql stable security definer rows 1 as $$
begin
    return query select count(latest.flags), count(*) filter (where latest.flags @> '{dissatisfied}')
    from public.issue i
    left join lateral (select o.flags from public.issue o where o.enterprise_id = i.enterprise_id and o.submitted_at > since
        order by o.last_event_at desc, o.id desc limit most) latest on true
    where i.id = target and (public.may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co,
        i.flags <> '{}' or (i.open and i.warn_at < now())) or public.may_front_issue(i.board_lead))
    group by i.id;
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
        call_back_missed = r.call_back_missed, alarm_at = r.alarm_at, owed_by = coalesce(r.owed_by, i.owed_by), tier = coalesce(r.tier, i.tier),
        board_lead = r.board_lead
    where i.id = target;
    after := (select public.standing_of(i) from public.issue i where i.id = target);
    insert into public.outbox (issue_id, notices, created_at, before, after)
    values (target, project_issue.notices, r.last_event_at, before, after);
end
$$;

-- One more column; servers of before name those they want.
drop function desk_counts(timestamptz);
create function desk_counts(now_at timestamptz) returns table (to_accept bigint, to_dispatch bigint, returned bigint, to_sign bigint,
    mine bigint, to_rate bigint, soon bigint, late bigint, opened bigint, assisting bigint, fronting bigint)
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
    -- Few, and gone with their dispatch: an index has no others.
    fronting := case when kind = 'handler' then (select count(*) from public.issue i where i.board_lead = target) else 0 end;
    opened := to_accept + to_dispatch + returned + to_sign + mine + to_rate;
    return next;
end
$$;

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
                when 'board_lead' then format('i.board_lead = %s', target)
                else format('i.lead = %s', target) end;
        when 'station' then
            target := scope_id('station');
            cond := case queue when 'filed' then format('i.station_id = %1$s and i.id = any (array(select issues_of_station(%1$s, 2000)))', target)
                when 'all' then 'i.id = any (array(select issues_at_station()))'
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
        when 'board_lead' then ' and i.open'
        when 'soon' then format(' and i.open and i.warn_at <= %L and i.late_at > %L', now_at, now_at)
        when 'late' then format(' and i.open and i.late_at <= %L', now_at)
        else format(' and i.open and i.queue = %L', queue) end;
    cond := cond
        || coalesce(' and i.area = ' || (wanted ->> 'area')::integer, '')
        || case (wanted ->> 'department')::bigint when 0 then ' and i.lead is null'
            else coalesce(' and i.lead = ' || (wanted ->> 'department')::bigint, '') end
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
