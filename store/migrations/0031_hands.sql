-- Whose hands an issue is in: the place decides the centre, the station that serves an enterprise may call it, a pause that ran out leads
-- back to whoever asked, and what is said of an enterprise's year is the same for everyone who reads one of its issues.

-- As before, with where the enterprise is registered and which station serves it.
drop function issue_page(text);
create function issue_page(wanted text) returns table (id bigint, number text, enterprise_id bigint, enterprise_name text, uscc text,
    class text, registered integer, serving bigint, title text, body text, place text, contact_name text, contact_phone text,
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
        i.flags <> '{}' or (i.open and i.late_at < now()));
end
$$;

-- What the enterprise of an issue raised since an instant, of at most so many the latest moved: counted over all of them, and told to whoever
-- may read this one. No row for anybody else.
create function issue_year(target bigint, since timestamptz, most bigint) returns table (year bigint, dissatisfied bigint)
language plpgsql stable security definer rows 1 as $$
begin
    return query select count(latest.flags), count(*) filter (where latest.flags @> '{dissatisfied}')
    from public.issue i
    left join lateral (select o.flags from public.issue o where o.enterprise_id = i.enterprise_id and o.submitted_at > since
        order by o.last_event_at desc, o.id desc limit most) latest on true
    where i.id = target and public.may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co,
        i.flags <> '{}' or (i.open and i.late_at < now()))
    group by i.id;
end
$$;

-- Pauses that had run out before lay in no queue of whoever asked.
do $$
begin
    update issue set state = case when lead is null then 'accepted' else 'handling' end,
        queue = case when lead is not null then 'mine' when returned then 'returned' else 'to_dispatch' end
    where state = 'awaiting_input' and pause_cap is null;
    if found then
        perform recount_desk();
    end if;
end
$$;
