-- Lists of the desk by what they are narrowed to, views that somebody keeps, figures for whoever looks on, what a reviewer decides by; and whoever supervises reads what
-- is about to be late (预警件), not only what is late (S-7, S-8).

alter policy issue_scope on issue using (
    may_read_issue(enterprise_id, station_id, enterprise_station, area, centre, lead, co, flags <> '{}' or (open and warn_at < now()))
);

create or replace function issue_page(wanted text) returns table (id bigint, number text, enterprise_id bigint, enterprise_name text,
    uscc text, class text, registered integer, serving bigint, title text, body text, place text, contact_name text, contact_phone text,
    events event_row[], photos photo_row[])
language plpgsql stable security definer rows 1 as $$
begin
    return query select i.id, i.number, i.enterprise_id, e.name, e.uscc, e.class, e.area, i.enterprise_station, i.title, i.body, i.place,
        i.contact_name, i.contact_phone,
        array(select row(v.seq, v.at, v.actor::text, v.actor_name, v.event::text)::public.event_row
            from public.issue_event v where v.issue_id = i.id order by v.seq),
        array(select row(p.id, coalesce(p.seq, 1), p.width, p.height)::public.photo_row
            from public.photo p where p.issue_id = i.id order by p.seq, p.ordinal)
    from public.issue i join public.enterprise e on e.id = i.enterprise_id
    where i.number = wanted and public.may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co,
        i.flags <> '{}' or (i.open and i.warn_at < now()));
end
$$;

create or replace function issue_year(target bigint, since timestamptz, most bigint) returns table (year bigint, dissatisfied bigint)
language plpgsql stable security definer rows 1 as $$
begin
    return query select count(latest.flags), count(*) filter (where latest.flags @> '{dissatisfied}')
    from public.issue i
    left join lateral (select o.flags from public.issue o where o.enterprise_id = i.enterprise_id and o.submitted_at > since
        order by o.last_event_at desc, o.id desc limit most) latest on true
    where i.id = target and public.may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co,
        i.flags <> '{}' or (i.open and i.warn_at < now()))
    group by i.id;
end
$$;

-- Issues by exact words: the telephone or the name of whom to call, and the station that filed them; the latest first. The index is in the next
-- migration; every id goes through the policy again in the caller's query, as with search_issues.
create function issues_of_contact(word text, most integer) returns setof bigint
language plpgsql stable security definer rows 20
set search_path = public, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
    return query select id from issue where array[contact_phone, contact_name, 'station ' || station_id::text] && array[word]
        and word in (contact_phone, contact_name) order by id desc limit most;
end
$$;
create function issues_of_station(station bigint, most integer) returns setof bigint
language plpgsql stable security definer rows 20
set search_path = public, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
    return query select id from issue
        where array[contact_phone, contact_name, 'station ' || station_id::text] && array['station ' || station::text]
            and station_id = station
        order by id desc limit most;
end
$$;

-- A page of a list that is narrowed (`wanted`: queue, area, department, category, from, before, flag, sort, and for a search words, exact,
-- departments), in the scope of the session. The text of the query has only what was asked for, so it is planned for just that: one text
-- for all would be planned for none. With the caller's rights: the policy holds for every row.
--
-- What is open is looked through whole, as those lists are, and put in order afterwards (`offset 0` keeps the planner from walking
-- five years in the order of their filing to find it). What is over is walked from the latest, by the index of area, department or time.
create function filtered_issues(wanted jsonb, now_at timestamptz, after_at timestamptz, after_id bigint, most bigint) returns setof issue
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
                when 'assisting' then format('i.id in (select issues_with_co(%s))', target)
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
        || case when wanted ? 'flag' then format(' and i.flags @> array[%L]', wanted ->> 'flag') else '' end;
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

-- Views of the desk's list that somebody keeps under a name.
create table desk_view (
    id bigint generated always as identity constraint desk_view_pkey primary key,
    staff_id bigint not null constraint desk_view_staff_fkey references staff,
    name text not null constraint desk_view_name_check check (length(name) between 1 and 20),
    -- As it stands in the address of the list.
    query text not null constraint desk_view_query_check check (length(query) <= 400),
    created_at timestamptz not null,
    constraint desk_view_name_key unique (staff_id, name)
);
comment on table desk_view is 'Lists that somebody of staff keeps under a name; nobody else sees them';
alter table desk_view enable row level security;
create policy desk_view_scope on desk_view using ((select scope('kind')) = 'system' or staff_id = (select scope_id('staff')));
grant select, insert, delete on desk_view to qifu_app;

-- Twenty are more than anybody finds something in.
create function desk_view_most() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(38, new.staff_id::integer);
    if (select count(*) from desk_view where staff_id = new.staff_id) >= 20 then
        raise exception 'twenty views are kept' using errcode = 'check_violation', constraint = 'desk_view_most';
    end if;
    return new;
end
$$;
create trigger desk_view_most before insert on desk_view for each row execute function desk_view_most();

-- How many are open, warned (late ones among them) and late, by district and by department, for whoever looks on the city: from the counts that
-- are kept (0011_desk.sql), with what is not folded yet and what time has changed since. A district's departments are counted from what is
-- open there: no scope is kept for both. No row for anybody else.
create function desk_figures(now_at timestamptz) returns table (scope text, id bigint, opened bigint, warned bigint, late bigint)
language plpgsql stable security definer rows 100 set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    target bigint := scope_id('area');
begin
    if scope('kind') not in ('leader', 'supervisor') then
        return;
    end if;
    if target % 100 <> 0 then
        return query select s.scope, s.id, count(*), count(*) filter (where i.warn_at <= now_at), count(*) filter (where i.late_at <= now_at)
        from issue i cross join lateral (select 'area' as scope, i.area::bigint as id
            union all select 'lead', i.lead where i.lead is not null) s
        where i.open and i.area = target group by 1, 2;
        return;
    end if;
    return query
    with mark as (select at from desk_mark),
    kept as (
        select t.scope, t.id, t.to_accept + t.to_dispatch + t.returned + t.to_sign + t.mine + t.to_rate as opened, t.warned, t.late
        from desk_tally t where t.scope in ('area', 'lead')
        union all
        select c.scope, c.id, k.n, k.n * ((k.s).warn_at <= mark.at)::int, k.n * ((k.s).late_at <= mark.at)::int
        from mark, (select o.after as s, 1 as n from outbox o where o.after is distinct from null
            union all select o.before, -1 from outbox o where o.before is distinct from null) k
        cross join lateral scopes_of(k.s) c where c.scope in ('area', 'lead')
        union all
        select c.scope, c.id, 0, case when i.warn_at <= now_at then 1 else -1 end, 0
        from mark, issue i cross join lateral scopes_of(standing_of(i)) c
        where i.open and i.warn_at > least(mark.at, now_at) and i.warn_at <= greatest(mark.at, now_at) and c.scope in ('area', 'lead')
        union all
        select c.scope, c.id, 0, 0, case when i.late_at <= now_at then 1 else -1 end
        from mark, issue i cross join lateral scopes_of(standing_of(i)) c
        where i.open and i.late_at > least(mark.at, now_at) and i.late_at <= greatest(mark.at, now_at) and c.scope in ('area', 'lead')
    )
    select k.scope, k.id, sum(k.opened)::bigint, sum(k.warned)::bigint, sum(k.late)::bigint from kept k group by 1, 2
    having sum(k.opened) <> 0 order by 1, 2;
end
$$;

-- Which of the item's materials a file is (申报材料), by its place in the version that was applied for; null for anything else.
alter table application_file add column material smallint;

-- Which figure counted where the enterprise says otherwise than a department has it: the reviewer's word, with the decision that it was for.
create table application_count (
    application_id bigint not null constraint application_count_application_fkey references application,
    seq integer not null,
    attribute text not null,
    counts text not null constraint application_count_counts_check check (counts in ('stated', 'recorded')),
    constraint application_count_pkey primary key (application_id, seq, attribute)
);
comment on table application_count is 'Which figure counted for a decision, the enterprise''s (stated) or the department''s (recorded); append-only';
create trigger application_count_append_only before update or delete on application_count
    for each row execute function refuse_change();
alter table application_count enable row level security;
create policy application_count_scope on application_count using (exists (select from application a where a.id = application_id));
create policy application_count_insert on application_count as restrictive for insert
    with check ((select scope('kind')) in ('handler', 'policy_editor', 'system'));
grant select, insert on application_count to qifu_app;

-- Tells that a version of a policy waits for somebody: once submitted, the other editors who may publish it; returned, whoever wrote it. Definer's
-- rights, as nobody writes into another's inbox; it asks itself whether the session keeps the item.
create function tell_editors(code text, version integer, step text, at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v record;
begin
    select i.area, w.title, w.written_by into v from policy_item i join policy_version w on w.item_id = i.id
    where i.code = tell_editors.code and w.version = tell_editors.version;
    if scope('kind') is distinct from 'policy_editor' or not coalesce(scope_id('area') % 100 = 0 or scope_id('area') = v.area, false) then
        raise exception 'not this item' using errcode = 'insufficient_privilege';
    end if;
    insert into message (staff_id, number, kind, title, body, link, created_at)
    select s.id, tell_editors.code, 'policy_version',
        case tell_editors.step when 'submit' then '有政策等您核对发布' else '政策被退回修改' end,
        v.title || '（第 ' || tell_editors.version || ' 版）', '/desk/policies/' || tell_editors.code || '/edit', tell_editors.at
    from staff s
    where s.active and s.role = 'policy_editor' and s.id <> scope_id('staff')
        and case tell_editors.step when 'submit' then (s.area = v.area or s.area % 100 = 0) and s.id is distinct from v.written_by
            else s.id = v.written_by end;
end
$$;
