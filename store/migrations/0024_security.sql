-- Proof of who somebody is, beyond a password once a day; and the log of what matters to security.

-- The second factor of staff (RFC 6238). A step is good once: the last one used is remembered, whichever server it came to.
create table second_factor (
    staff_id bigint constraint second_factor_pkey primary key constraint second_factor_staff_fkey references staff on delete cascade,
    secret bytea not null,
    created_at timestamptz not null,
    -- Until a code of it has been typed it is only offered.
    confirmed_at timestamptz,
    last_step bigint not null default 0
);
comment on table second_factor is 'Secrets of time-based one-time passwords';

create table recovery_code (
    staff_id bigint not null constraint recovery_code_staff_fkey references staff on delete cascade,
    -- SHA-256 of the code with the account's id: sixty random bits need no slow hash.
    code_hash bytea not null,
    used_at timestamptz,
    constraint recovery_code_pkey primary key (staff_id, code_hash)
);
comment on table recovery_code is 'What opens the door once when the second factor is lost';

-- Between password and code: bound to the browser that typed the password, for a few minutes.
create table half_sign_in (
    -- SHA-256 of the mark in the browser's cookie.
    browser bytea constraint half_sign_in_pkey primary key,
    staff_id bigint not null constraint half_sign_in_staff_fkey references staff on delete cascade,
    back text not null,
    expires_at timestamptz not null
);
comment on table half_sign_in is 'Whose password was right in a browser, until the second factor is';
create index half_sign_in_staff_idx on half_sign_in (staff_id);

alter table second_factor enable row level security;
create policy second_factor_scope on second_factor using ((select scope('kind')) = 'system');
alter table recovery_code enable row level security;
create policy recovery_code_scope on recovery_code using ((select scope('kind')) = 'system');
alter table half_sign_in enable row level security;
create policy half_sign_in_scope on half_sign_in using ((select scope('kind')) = 'system');
grant select, insert, update, delete on second_factor, recovery_code, half_sign_in to qifu_app;

-- When whoever holds a session last proved who they are: what cannot be taken back asks again.
alter table session add column proved_at timestamptz;
update session set proved_at = created_at;
alter table session alter column proved_at set not null;
alter type session_row add attribute proved_at timestamptz, add attribute second_factor boolean;

-- As before, and when they last proved who they are, and whether staff have a second factor.
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
            exists (select from public.second_factor f where f.staff_id = staff and f.confirmed_at is not null)
        into r.staff_id, r.login, r.staff_name, r.role, r.area, r.department_id, r.station_id, r.must_change_password,
            r.organisation, r.unread, r.second_factor
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

-- The security log. It outlives what it speaks of, so nothing in it refers to another table.
create table security_event (
    id bigint generated always as identity constraint security_event_pkey primary key,
    at timestamptz not null,
    kind text not null,
    -- Whose account, if it is known.
    staff_id bigint,
    person_id bigint,
    -- The sign-in name, or the masked phone, as it was.
    login text not null,
    -- Of the account; empty for members and for nobody.
    area integer,
    -- What it was about: a number, a path, another account.
    subject text not null,
    detail text not null,
    -- IPv4 address or IPv6 /64; empty for the command line.
    network text not null,
    request text not null,
    constraint security_event_length_check check (length(subject) <= 300 and length(detail) <= 500)
);
comment on table security_event is 'Security log (OWASP ASVS V7): sign-ins, refusals, readings of personal data, exports; append-only';
create index security_event_login_idx on security_event (login, id);
create index security_event_kind_idx on security_event (kind, id);
create index security_event_at_idx on security_event (at);
create trigger security_event_append_only before update or delete or truncate on security_event
    for each statement execute function refuse_change();

alter table security_event enable row level security;
-- The city's administrator reads all of it, a district's what its own accounts did.
create policy security_event_read on security_event for select using (
    (select scope('kind')) = 'system'
    or ((select scope('kind')) = 'administrator' and ((select scope_id('area') % 100 = 0) or area = (select scope_id('area')))));
grant select on security_event to qifu_app;

-- The one way into it: in one's own name, or as the system. Name and area are looked up, so nobody writes another's.
create function record_security(kind text, staff bigint, person bigint, subject text, detail text, network text, request text,
    at timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    known text;
    place integer;
    event bigint;
begin
    if scope('kind') is distinct from 'system'
        and (staff is distinct from scope_id('staff') or person is distinct from scope_id('person'))
    then
        raise exception 'not in the name of another account' using errcode = 'insufficient_privilege';
    end if;
    if staff is not null then
        select t.login, coalesce(d.area, t.area) into known, place
        from staff t left join department d on d.id = t.department_id where t.id = record_security.staff;
    elsif person is not null then
        select left(p.phone, 3) || '****' || right(p.phone, 4) into known from person p where p.id = record_security.person;
    end if;
    insert into security_event (at, kind, staff_id, person_id, login, area, subject, detail, network, request)
    values (record_security.at, record_security.kind, record_security.staff, record_security.person, coalesce(known, ''), place,
        left(record_security.subject, 300), left(record_security.detail, 500), record_security.network, record_security.request)
    returning id into event;
    return event;
end
$$;
