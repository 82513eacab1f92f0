-- One clock in the process that tests and a demo can move (store::clock): what is read by the time of day goes by it in the database, too.
--
-- Now, by the servers' clock. They go by the database's; where somebody put theirs ahead, each connection says by how much (`qifu.ahead`), as it says
-- its scope. Nobody sets it on a city's own server.
create function clock_now() returns timestamptz language sql stable parallel safe as $$
    select now() + coalesce(nullif(current_setting('qifu.ahead', true), '')::interval, interval '0')
$$;

-- As they were (0038_desk_lists.sql), by that clock: whoever supervises reads what is about to be late (预警件). Once a statement.
alter policy issue_scope on issue using (
    may_read_issue(enterprise_id, station_id, enterprise_station, area, centre, lead, co,
        flags <> '{}' or (open and warn_at < (select clock_now())))
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
    where i.number = wanted and (public.may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co,
        i.flags <> '{}' or (i.open and i.warn_at < public.clock_now())) or public.may_front_issue(i.board_lead));
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
        i.flags <> '{}' or (i.open and i.warn_at < public.clock_now())) or public.may_front_issue(i.board_lead))
    group by i.id;
end
$$;
