-- Whoever reviews applications signs in with a second factor, like policy editors and administrators: which handlers that are, the session says.

alter type session_row add attribute reviews boolean;

-- As before, and whether a handler reviews: its department is named by a policy that was published, or applications lie before it.
create or replace function open_session(hash bytea, now_at timestamptz, ttl interval) returns setof session_row
language plpgsql security definer rows 1 as $$
declare
    r public.session_row;
    person bigint;
    enterprise bigint;
    staff bigint;
    seen timestamptz;
    until timestamptz;
    started timestamptz;
    proved timestamptz;
begin
    select s.person_id, s.enterprise_id, s.staff_id, s.seen_at, s.expires_at, s.created_at, s.proved_at
    into person, enterprise, staff, seen, until, started, proved
    from public.session s where s.token_hash = hash and s.expires_at > now_at
        and s.created_at > now_at - case when s.staff_id is null then interval '90 days' else interval '12 hours' end;
    if not found then
        perform public.set_scope('', null, null, null, null, null, null);
        return;
    end if;
    if seen < now_at - interval '10 minutes' then
        until := case when staff is null then least(now_at + ttl, started + interval '90 days')
            else least(now_at + ttl, started + interval '12 hours') end;
        update public.session s set seen_at = now_at, expires_at = until where s.token_hash = hash;
    end if;
    r.expires_at := until;
    r.proved_at := proved;
    if person is not null then
        select p.id, p.name, p.phone, e.id, e.name, m.role,
            (select count(*) from public.membership o where o.person_id = person),
            (select count(*) from (select from public.message u where u.person_id = person and u.read_at is null
                and (u.enterprise_id = m.enterprise_id or u.enterprise_id is null) limit 100) unread),
            (select count(*) from (select from public.issue i where i.enterprise_id = m.enterprise_id
                and i.state in ('awaiting_input', 'answered') limit 100) waiting)
        into r.person_id, r.person_name, r.phone, r.enterprise_id, r.enterprise_name, r.member_role, r.enterprise_count, r.unread,
            r.waiting
        from public.person p
        left join public.membership m on m.person_id = person and m.enterprise_id = enterprise
        left join public.enterprise e on e.id = m.enterprise_id
        where p.id = person;
        perform public.set_scope('member', r.person_id, r.enterprise_id, null, null, null, null);
    else
        select t.id, t.login, t.name, t.role, t.area, t.department_id, t.station_id, t.must_change_password,
            case t.role when 'handler' then d.name when 'station' then st.name when 'centre' then a.name || '企服中心' else a.name end,
            (select count(*) from (select from public.message u where u.staff_id = staff and u.read_at is null limit 100) unread),
            exists (select from public.second_factor f where f.staff_id = staff and f.confirmed_at is not null),
            t.role = 'handler' and (
                -- The first in the index: whether there is any would be asked of the table, where the planner thinks that many departments have some.
                (select min(p.state) from public.application p where p.department_id = t.department_id) is not null
                or exists (select from public.policy_item i join public.policy_version v on v.item_id = i.id and v.state = 'published'
                    where i.department_id = t.department_id))
        into r.staff_id, r.login, r.staff_name, r.role, r.area, r.department_id, r.station_id, r.must_change_password,
            r.organisation, r.unread, r.second_factor, r.reviews
        from public.staff t
        left join public.department d on d.id = t.department_id
        left join public.station st on st.id = t.station_id
        left join public.area a on a.code = t.area
        where t.id = staff and t.active;
        if not found then
            perform public.set_scope('', null, null, null, null, null, null);
            return;
        end if;
        perform public.set_scope(r.role, null, null, r.staff_id, r.area, r.department_id, r.station_id);
    end if;
    return next r;
end
$$;
