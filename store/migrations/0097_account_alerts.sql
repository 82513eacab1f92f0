-- Whoever may act for an enterprise is told by day, as of everything else that is in no hurry (domain::notice::daytime); and an agent who is added
-- is told to every owner, whoever did it: the session may have been somebody else's.

create function sms_time(now_at timestamptz) returns timestamptz language sql stable as $$
    select case
        when here::time < time '08:00' then (here::date + time '08:00') at time zone 'Asia/Shanghai'
        when here::time < time '20:00' then now_at
        else (here::date + 1 + time '08:00') at time zone 'Asia/Shanghai' end
    from (select now_at at time zone 'Asia/Shanghai' as here) city
$$;

create or replace function tell_person(who bigint, firm bigint, told jsonb, now_at timestamptz) returns void language sql as $$
    insert into message (person_id, enterprise_id, number, kind, title, body, link, created_at)
    select who, firm, '', 'member', told ->> 'title', told ->> 'body', coalesce(told ->> 'link', '/me/members'), now_at
    where told is not null;
    insert into job (kind, payload, run_at, created_at)
    select 'sms_notice', jsonb_build_object('phone', p.phone, 'text', told ->> 'body', 'about', 'member'), sms_time(now_at), now_at
    from person p where p.id = who and told is not null
$$;

create or replace function add_agent(mobile text, called text, told jsonb, now_at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    firm bigint := scope_id('enterprise');
    who bigint;
begin
    -- First in line, then asked: another window may have handed over meanwhile.
    perform from enterprise e where e.id = firm for no key update;
    if scope('kind') is distinct from 'member' or not is_owner() then
        raise exception 'an owner adds agents' using errcode = 'insufficient_privilege';
    end if;
    if (select count(*) from membership_event v where v.enterprise_id = firm and v.by_person_id is not null and v.kind = 'added'
        and v.at > now_at - interval '1 day') >= 10 then
        raise exception 'too many for a day' using errcode = 'check_violation', constraint = 'agents_a_day';
    end if;
    if (select count(*) from membership m where m.enterprise_id = firm) >= 50 then
        raise exception 'too many members' using errcode = 'check_violation', constraint = 'most_members';
    end if;
    who := person_called(mobile, called, now_at);
    if exists (select from membership m where m.person_id = who and m.enterprise_id = firm) then
        raise exception 'is one already' using errcode = 'check_violation', constraint = 'member_known';
    end if;
    insert into membership (person_id, enterprise_id, role, name) values (who, firm, 'agent', called);
    perform note_membership(firm, who, 'added', 'agent', '{}', '', '', now_at);
    perform tell_person(who, firm, told -> 'member', now_at);
    perform tell_person(m.person_id, firm, told -> 'owners', now_at) from membership m
    where m.enterprise_id = firm and m.role = 'owner';
end
$$;
