-- Codes and tries belong to the browser that asks: nobody keeps a member or a colleague out by asking or guessing for them.

-- Codes live ten minutes: those of before are asked for again.
drop table login_code;
create table login_code (
    phone text not null,
    -- SHA-256 of the mark in the browser's cookie.
    browser bytea not null,
    -- HMAC-SHA-256 under the mark itself, which is only in the cookie: what is here says nothing about six digits.
    code_hash bytea not null,
    expires_at timestamptz not null,
    attempts integer not null default 0,
    constraint login_code_pkey primary key (phone, browser)
);
comment on table login_code is 'The one-time code last sent to a phone for a browser; used once, five attempts';
create index login_code_expiry_idx on login_code (expires_at);

create table known_browser (
    browser bytea not null,
    person_id bigint constraint known_browser_person_fkey references person on delete cascade,
    staff_id bigint constraint known_browser_staff_fkey references staff on delete cascade,
    seen_at timestamptz not null,
    constraint known_browser_key unique nulls not distinct (browser, person_id, staff_id),
    constraint known_browser_who_check check ((person_id is null) <> (staff_id is null))
);
comment on table known_browser is 'Browsers in which somebody has signed in: their tries are counted apart from those of strangers (OWASP: device cookies)';
create index known_browser_person_idx on known_browser (person_id);
create index known_browser_staff_idx on known_browser (staff_id);

alter table login_code enable row level security;
create policy login_code_scope on login_code using ((select scope('kind')) = 'system');
alter table known_browser enable row level security;
create policy known_browser_scope on known_browser using ((select scope('kind')) = 'system');
grant select, insert, update, delete on login_code, known_browser to qifu_app;

-- What counts tries is a row of rate_limit, by name and browser or address.
alter table staff drop column failed_count, drop column locked_until;

-- A session can be named without its token.
alter table session add column id bigint generated always as identity constraint session_id_key unique;

drop function session_owner(bytea, timestamptz);

-- As before, and a session ends whatever it is used for: a member's after 90 days, a member of staff's after 12 hours (OWASP ASVS 3.3.2).
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
begin
    select s.person_id, s.enterprise_id, s.staff_id, s.seen_at, s.expires_at, s.created_at
    into person, enterprise, staff, seen, until, started
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

-- Where whoever holds this token is signed in: the one thing of this table that a session may read.
create function sessions_beside(hash bytea, now_at timestamptz)
returns table (id bigint, created_at timestamptz, seen_at timestamptz, user_agent text, current boolean)
language sql stable security definer rows 5 as $$
    select o.id, o.created_at, o.seen_at, o.user_agent, o.token_hash = hash
    from public.session s join public.session o on o.person_id = s.person_id or o.staff_id = s.staff_id
    where s.token_hash = hash and s.expires_at > now_at and o.expires_at > now_at
    order by o.seen_at desc, o.id desc limit 50
$$;
