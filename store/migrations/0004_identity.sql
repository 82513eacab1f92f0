-- Who is there: staff accounts, sessions, codes, counters. They belong to the system's scope alone.

create table staff (
    id bigint generated always as identity constraint staff_pkey primary key,
    login text not null constraint staff_login_key unique,
    name text not null,
    role text not null constraint staff_role_check check (role in
        ('station', 'centre', 'handler', 'supervisor', 'leader', 'policy_editor', 'administrator')),
    area integer constraint staff_area_fkey references area,
    department_id bigint constraint staff_department_fkey references department,
    station_id bigint constraint staff_station_fkey references station,
    -- argon2id in PHC form.
    password_hash text not null,
    must_change_password boolean not null default true,
    failed_count integer not null default 0,
    locked_until timestamptz,
    active boolean not null default true,
    created_at timestamptz not null,
    -- A role without its scope would see everything or nothing.
    constraint staff_scope_check check (case role
        when 'station' then station_id is not null and area is not null
        when 'handler' then department_id is not null
        when 'administrator' then true
        else area is not null end)
);
create index staff_department_idx on staff (department_id) where active;
create index staff_area_idx on staff (area) where active and role = 'centre';

create table session (
    -- SHA-256 of the token; the token itself is only in the cookie.
    token_hash bytea constraint session_pkey primary key,
    person_id bigint constraint session_person_fkey references person on delete cascade,
    enterprise_id bigint,
    staff_id bigint constraint session_staff_fkey references staff on delete cascade,
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null,
    user_agent text not null default '',
    constraint session_who_check check ((person_id is null) <> (staff_id is null)),
    -- Whoever leaves an enterprise leaves its space in the same moment.
    constraint session_membership_fkey foreign key (person_id, enterprise_id) references membership (person_id, enterprise_id)
        on delete set null (enterprise_id)
);
create index session_person_idx on session (person_id);
create index session_staff_idx on session (staff_id);
create index session_expiry_idx on session (expires_at);

create table login_code (
    phone text constraint login_code_pkey primary key,
    code_hash bytea not null,
    expires_at timestamptz not null,
    attempts integer not null default 0
);
comment on table login_code is 'The one-time code last sent to a phone; used once, five attempts';

create table rate_limit (
    key text constraint rate_limit_pkey primary key,
    window_start timestamptz not null,
    count integer not null
);
comment on table rate_limit is 'Counters shared by all servers';
alter table staff enable row level security;
create policy staff_scope on staff using ((select scope('kind')) = 'system');
alter table session enable row level security;
create policy session_scope on session using ((select scope('kind')) = 'system');
alter table login_code enable row level security;
create policy login_code_scope on login_code using ((select scope('kind')) = 'system');
alter table rate_limit enable row level security;
create policy rate_limit_scope on rate_limit using ((select scope('kind')) = 'system');

grant select, insert, update on staff, session, login_code, rate_limit to qifu_app;
grant delete on session, login_code, rate_limit to qifu_app;
grant usage on all sequences in schema public to qifu_app;

create type session_row as (
    person_id bigint, person_name text, phone text, enterprise_id bigint, enterprise_name text, member_role text,
    enterprise_count bigint, staff_id bigint, login text, staff_name text, role text, area integer, department_id bigint,
    station_id bigint, organisation text, must_change_password boolean, unread bigint,
    waiting bigint, expires_at timestamptz
);

-- Finds a live session, sets the scope, slides the expiry at most every ten minutes. No session: an empty scope and no row.
-- Staff stay for twelve hours after their last use (store::identity::STAFF_SESSION_HOURS) whatever a member's session gets. The
-- messages counted are those of the enterprise chosen, which are the ones listed, up to a hundred: the badge says 99+.
create function open_session(hash bytea, now_at timestamptz, ttl interval) returns setof session_row
language plpgsql security definer rows 1 as $$
declare
    r public.session_row;
    person bigint;
    enterprise bigint;
    staff bigint;
    seen timestamptz;
    until timestamptz;
begin
    select s.person_id, s.enterprise_id, s.staff_id, s.seen_at, s.expires_at into person, enterprise, staff, seen, until
    from public.session s where s.token_hash = hash and s.expires_at > now_at;
    if not found then
        perform public.set_scope('', null, null, null, null, null, null);
        return;
    end if;
    if seen < now_at - interval '10 minutes' then
        until := now_at + case when staff is null then ttl else least(ttl, interval '12 hours') end;
        update public.session s set seen_at = now_at, expires_at = until where s.token_hash = hash;
    end if;
    r.expires_at := until;
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
            (select count(*) from (select from public.message u where u.staff_id = staff and u.read_at is null limit 100) unread)
        into r.staff_id, r.login, r.staff_name, r.role, r.area, r.department_id, r.station_id, r.must_change_password,
            r.organisation, r.unread
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

-- Only who a token is, for a guard that asks before a body is read and gives the connection back: nothing is counted, prolonged or set.
create function session_owner(hash bytea, now_at timestamptz) returns table (person_id bigint, enterprise_id bigint, member_role text,
    staff_id bigint, role text, area integer, department_id bigint, station_id bigint, must_change_password boolean)
language plpgsql stable security definer rows 1 as $$
begin
    return query select s.person_id, m.enterprise_id, m.role, t.id, t.role, t.area, t.department_id, t.station_id, t.must_change_password
    from public.session s
    left join public.membership m on m.person_id = s.person_id and m.enterprise_id = s.enterprise_id
    left join public.staff t on t.id = s.staff_id and t.active
    where s.token_hash = hash and s.expires_at > now_at and (s.person_id is not null or t.id is not null);
end
$$;
