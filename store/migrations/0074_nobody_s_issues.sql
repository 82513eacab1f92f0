-- As in 0064_station_lists.sql; department 0 asks for what no department has yet (domain::issue::filter::NOBODY).
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
