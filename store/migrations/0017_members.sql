-- Members (企业联系人): registered in person at a centre or a station, agents added and removed by the owner; who did what and when stays.
-- What an agent may do is the table of domain::member; this is its second wall.

-- The name under which this enterprise knows them: another one may know the same phone under another name, which is none of its business.
alter table membership add column name text not null default '';
update membership m set name = p.name from person p where p.id = m.person_id;

create table membership_event (
    id bigint generated always as identity constraint membership_event_pkey primary key,
    enterprise_id bigint not null constraint membership_event_enterprise_fkey references enterprise,
    -- Null: the enterprise itself was entered.
    person_id bigint constraint membership_event_person_fkey references person,
    at timestamptz not null,
    kind text not null constraint membership_event_kind_check check (kind in
        ('entered', 'registered', 'added', 'removed', 'left', 'promoted', 'demoted')),
    -- What they were afterwards; before, where they are gone.
    role text constraint membership_event_role_check check (role in ('owner', 'agent')),
    name text not null default '',
    -- Masked: a history needs no more, and person_id says who it was.
    phone text not null default '',
    -- Who, where. Neither: the system.
    staff_id bigint constraint membership_event_staff_fkey references staff,
    station_id bigint constraint membership_event_station_fkey references station,
    by_person_id bigint constraint membership_event_by_person_fkey references person,
    actor_name text not null,
    -- What was shown in person (domain::member::Paper); no copies are kept.
    shown text[] not null default '{}',
    note text not null default '',
    reason text not null default '',
    constraint membership_event_who_check check (staff_id is null or by_person_id is null),
    constraint membership_event_person_check check ((person_id is null) = (kind = 'entered'))
);
create index membership_event_enterprise_idx on membership_event (enterprise_id, id desc);
create index membership_event_staff_idx on membership_event (staff_id, at) where staff_id is not null;
comment on table membership_event is 'Who was registered, added and removed, by whom (企业联系人变更), append-only';
create trigger membership_event_append_only before update or delete on membership_event for each row execute function refuse_change();
create trigger membership_event_no_truncate before truncate on membership_event for each statement execute function refuse_change();

-- The city contains its districts, an area contains itself (domain::actor::area_covers).
create function area_covers(whole integer, part integer) returns boolean language sql immutable parallel safe as $$
    select whole = part or (whole % 100 = 0 and whole / 100 = part / 100)
$$;

-- Definer's rights in the three that policies ask: the policies of enterprise, membership and person would otherwise ask each other in a circle.
create function covers_enterprise(firm bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from enterprise e where e.id = firm and area_covers(scope_id('area')::integer, e.area))
$$;
create function covers_person(who bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from membership m join enterprise e on e.id = m.enterprise_id
        where m.person_id = who and area_covers(scope_id('area')::integer, e.area))
$$;
create function is_owner() returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from membership m where m.person_id = scope_id('person') and m.enterprise_id = scope_id('enterprise')
        and m.role = 'owner')
$$;

-- A centre registers people, so it reads who may act for the enterprises of its area, as its stations do.
create policy membership_of_centres on membership for select using ((select scope('kind')) = 'centre' and covers_enterprise(enterprise_id));
create policy person_of_centres on person for select using ((select scope('kind')) = 'centre' and covers_person(id));

alter table membership_event enable row level security;
create policy membership_event_scope on membership_event using (
    case (select scope('kind'))
        when 'member' then enterprise_id = (select scope_id('enterprise')) and (select is_owner())
        when 'station' then covers_enterprise(enterprise_id)
        when 'centre' then covers_enterprise(enterprise_id)
        when 'system' then true
        else false end
);
create policy membership_event_insert on membership_event as restrictive for insert with check ((select scope('kind')) = 'system');
grant select, insert on membership_event to qifu_app;
grant usage on all sequences in schema public to qifu_app;

-- The name of whoever acts, as histories show it. The system has none.
create function acting_name() returns text language sql stable as $$
    select coalesce(
        (select coalesce(nullif(m.name, ''), p.name) from person p
            left join membership m on m.person_id = p.id and m.enterprise_id = scope_id('enterprise')
            where scope('kind') = 'member' and p.id = scope_id('person')),
        (select coalesce(st.name, a.name || '企服中心') || ' ' || s.name from staff s left join station st on st.id = s.station_id
            left join area a on a.code = s.area where s.id = scope_id('staff')),
        '系统')
$$;

-- The person of a phone. Whoever belongs to no enterprise yet is called as was just said: by the last digits of the phone, until then.
create function person_called(mobile text, called text, now_at timestamptz) returns bigint language plpgsql as $$
declare
    found_id bigint;
begin
    insert into person (phone, name, created_at) values (mobile, called, now_at) on conflict on constraint person_phone_key do nothing;
    update person p set name = called where p.phone = mobile and p.name <> called
        and not exists (select from membership m where m.person_id = p.id);
    select p.id into strict found_id from person p where p.phone = mobile;
    return found_id;
end
$$;

-- A line of the history, in the name of the session.
create function note_membership(firm bigint, who bigint, what text, as_role text, papers text[], said text, why text, now_at timestamptz)
returns void language sql as $$
    insert into membership_event (enterprise_id, person_id, at, kind, role, name, phone, staff_id, station_id, by_person_id, actor_name,
        shown, note, reason)
    select firm, who, now_at, what, as_role, coalesce(nullif(m.name, ''), p.name, ''),
        coalesce(left(p.phone, 3) || '****' || right(p.phone, 4), ''), scope_id('staff'), scope_id('station'), scope_id('person'),
        acting_name(), papers, said, why
    from (select) one left join person p on p.id = who left join membership m on m.person_id = who and m.enterprise_id = firm
$$;

-- Tells one person, in the app and by SMS: it is about their enterprise. `told`: {title, body, link}; none is nothing.
create function tell_person(who bigint, firm bigint, told jsonb, now_at timestamptz) returns void language sql as $$
    insert into message (person_id, enterprise_id, number, kind, title, body, link, created_at)
    select who, firm, '', 'member', told ->> 'title', told ->> 'body', coalesce(told ->> 'link', '/me/members'), now_at
    where told is not null;
    insert into job (kind, payload, run_at, created_at)
    select 'sms_notice', jsonb_build_object('phone', p.phone, 'text', told ->> 'body'), now_at, now_at
    from person p where p.id = who and told is not null
$$;

-- Registers a person in person, at the desk of a centre or a station of the enterprise's area. `told`: {member, owners}, each {title, body}.
create function register_member(firm bigint, mobile text, called text, as_role text, papers text[], said text, why text, told jsonb,
    now_at timestamptz) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    me bigint := scope_id('staff');
    who bigint;
    held text;
begin
    if scope('kind') is null or scope('kind') not in ('centre', 'station') or me is null or not covers_enterprise(firm) then
        raise exception 'not an enterprise of this desk' using errcode = 'insufficient_privilege';
    end if;
    -- One after the other: for this account, whose limit it is, and for this enterprise.
    perform from staff s where s.id = me for no key update;
    perform from enterprise e where e.id = firm for no key update;
    if (select count(*) from membership_event v where v.staff_id = me and v.at > now_at - interval '1 day') >= 30 then
        raise exception 'too many for a day' using errcode = 'check_violation', constraint = 'registrations_a_day';
    end if;
    who := person_called(mobile, called, now_at);
    select m.role into held from membership m where m.person_id = who and m.enterprise_id = firm;
    if held = as_role or held = 'owner' then
        raise exception 'is one already' using errcode = 'check_violation', constraint = 'member_known';
    end if;
    if as_role = 'owner' and why = '' and exists (select from membership m where m.enterprise_id = firm and m.role = 'owner') then
        raise exception 'there is an owner' using errcode = 'check_violation', constraint = 'owner_needs_reason';
    end if;
    if held is null and (select count(*) from membership m where m.enterprise_id = firm) >= 50 then
        raise exception 'too many members' using errcode = 'check_violation', constraint = 'most_members';
    end if;
    -- Those who were there before hear of it, whatever they are told by the newcomer.
    perform tell_person(m.person_id, firm, told -> 'owners', now_at) from membership m where m.enterprise_id = firm and m.role = 'owner';
    insert into membership as m (person_id, enterprise_id, role, name) values (who, firm, as_role, called)
    on conflict on constraint membership_pkey do update set role = excluded.role, name = excluded.name;
    perform note_membership(firm, who, 'registered', as_role, papers, said, why, now_at);
    perform tell_person(who, firm, told -> 'member', now_at);
end
$$;

-- The centre takes somebody out who should not have got in, the last owner too: whoever registered one by mistake, or worse, is not the one to
-- keep him. False: no such member.
create function strike_member(firm bigint, who bigint, why text, told jsonb, now_at timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    held text;
begin
    if scope('kind') is distinct from 'centre' or scope_id('staff') is null or not covers_enterprise(firm) or why = '' then
        raise exception 'not an enterprise of this desk' using errcode = 'insufficient_privilege';
    end if;
    perform from enterprise e where e.id = firm for no key update;
    select m.role into held from membership m where m.person_id = who and m.enterprise_id = firm;
    if not found then
        return false;
    end if;
    perform note_membership(firm, who, 'removed', held, '{}', '', why, now_at);
    delete from membership m where m.person_id = who and m.enterprise_id = firm;
    perform tell_person(who, null, told -> 'member', now_at);
    perform tell_person(m.person_id, firm, told -> 'owners', now_at) from membership m where m.enterprise_id = firm and m.role = 'owner';
    return true;
end
$$;

-- Enters an enterprise that the library lacks, at the desk of a centre, in its area. A code that is there already: enterprise_uscc_key.
create function enter_enterprise(code text, called text, in_area integer, size text, now_at timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    me bigint := scope_id('staff');
    firm bigint;
begin
    if scope('kind') is distinct from 'centre' or me is null or not coalesce(area_covers(scope_id('area')::integer, in_area), false) then
        raise exception 'not an area of this desk' using errcode = 'insufficient_privilege';
    end if;
    perform from staff s where s.id = me for no key update;
    if (select count(*) from membership_event v where v.staff_id = me and v.at > now_at - interval '1 day') >= 30 then
        raise exception 'too many for a day' using errcode = 'check_violation', constraint = 'registrations_a_day';
    end if;
    insert into enterprise (uscc, name, area, scale, class, created_at) values (code, called, in_area, size, 'ordinary', now_at)
    returning id into firm;
    perform note_membership(firm, null, 'entered', null, '{}', '', '', now_at);
    return firm;
end
$$;

-- Adds an agent to the enterprise that the session's owner has chosen.
create function add_agent(mobile text, called text, told jsonb, now_at timestamptz) returns void
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
end
$$;

-- An owner removes an agent, or anybody leaves; the last owner stays. False: no such member. The foreign key of session takes the choice of this
-- enterprise out of their sessions in the same statement.
create function remove_member(who bigint, told jsonb, now_at timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    firm bigint := scope_id('enterprise');
    me bigint := scope_id('person');
    held text;
begin
    if scope('kind') is distinct from 'member' or firm is null then
        raise exception 'a member removes' using errcode = 'insufficient_privilege';
    end if;
    perform from enterprise e where e.id = firm for no key update;
    select m.role into held from membership m where m.person_id = who and m.enterprise_id = firm;
    if not found then
        return false;
    end if;
    if who <> me and (held <> 'agent' or not is_owner()) then
        raise exception 'an owner removes agents' using errcode = 'insufficient_privilege';
    end if;
    if held = 'owner' and not exists (select from membership m where m.enterprise_id = firm and m.role = 'owner' and m.person_id <> who) then
        raise exception 'the last owner stays' using errcode = 'check_violation', constraint = 'last_owner';
    end if;
    perform note_membership(firm, who, case when who = me then 'left' else 'removed' end, held, '{}', '', '', now_at);
    delete from membership m where m.person_id = who and m.enterprise_id = firm;
    perform tell_person(who, null, told -> 'member', now_at);
    perform tell_person(m.person_id, firm, told -> 'owners', now_at) from membership m
    where m.enterprise_id = firm and m.role = 'owner' and m.person_id <> me;
    return true;
end
$$;

-- Makes an agent an owner; handing over, whoever does it is an agent afterwards. False: no such agent.
create function make_owner(who bigint, hand_over boolean, told jsonb, now_at timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    firm bigint := scope_id('enterprise');
    me bigint := scope_id('person');
begin
    -- First in line, then asked: another window may have handed over meanwhile.
    perform from enterprise e where e.id = firm for no key update;
    if scope('kind') is distinct from 'member' or not is_owner() then
        raise exception 'an owner makes owners' using errcode = 'insufficient_privilege';
    end if;
    update membership m set role = 'owner' where m.person_id = who and m.enterprise_id = firm and m.role = 'agent';
    if not found then
        return false;
    end if;
    perform note_membership(firm, who, 'promoted', 'owner', '{}', '', '', now_at);
    if hand_over then
        update membership m set role = 'agent' where m.person_id = me and m.enterprise_id = firm;
        perform note_membership(firm, me, 'demoted', 'agent', '{}', '', '', now_at);
    end if;
    perform tell_person(who, firm, told -> 'member', now_at);
    perform tell_person(m.person_id, firm, told -> 'owners', now_at) from membership m
    where m.enterprise_id = firm and m.role = 'owner' and m.person_id not in (me, who);
    return true;
end
$$;

-- What an agent may not (domain::member::RULES): state facts, apply above 100,000 yuan, withdraw.
create function keep_facts_to_owner() returns trigger language plpgsql as $$
begin
    if scope('kind') = 'member' and not is_owner() then
        raise exception 'an owner states facts' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger fact_change_owner before insert on fact_change for each row execute function keep_facts_to_owner();

create function keep_sums_to_owner() returns trigger language plpgsql as $$
begin
    if scope('kind') is distinct from 'member' or is_owner() then
        return new;
    end if;
    if tg_op = 'INSERT' and new.amount > 10000000 then
        raise exception 'an owner applies for this sum' using errcode = 'insufficient_privilege';
    end if;
    if tg_op = 'UPDATE' and new.state = 'withdrawn' and old.state <> 'withdrawn' then
        raise exception 'an owner withdraws' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger application_owner before insert or update on application for each row execute function keep_sums_to_owner();

-- What an agent has made ready for an owner to submit: above the sum it prepares, and the owner finds everything filled in.
create table application_prepared (
    enterprise_id bigint not null constraint application_prepared_enterprise_fkey references enterprise,
    item_id bigint not null constraint application_prepared_item_fkey references policy_item,
    person_id bigint not null constraint application_prepared_person_fkey references person,
    person_name text not null,
    contact_name text not null,
    contact_phone text not null,
    note text not null,
    at timestamptz not null,
    constraint application_prepared_pkey primary key (enterprise_id, item_id)
);
comment on table application_prepared is 'Applications that agents made ready for the owner to submit (备好材料); gone when one is filed';
alter table application_file add column prepared_for bigint constraint application_file_prepared_fkey references policy_item;
comment on column application_file.prepared_for is 'Waits for the owner who will submit it, and is seen by every member meanwhile';

alter table application_prepared enable row level security;
create policy application_prepared_scope on application_prepared using (
    (select scope('kind')) = 'system' or ((select scope('kind')) = 'member' and enterprise_id = (select scope_id('enterprise'))));
grant select, delete on application_prepared to qifu_app;

drop policy application_file_scope on application_file;
create policy application_file_scope on application_file using (
    case when application_id is not null then exists (select from application a where a.id = application_id)
    -- Not filed yet: only whoever sent it, and those it was made ready for.
    else case (select scope('kind'))
        when 'member' then enterprise_id = (select scope_id('enterprise'))
            and (person_id = (select scope_id('person')) or prepared_for is not null)
        when 'system' then true
        else false end
    end
);

-- Makes an application ready, in place of what was ready before, and tells the owners. `told`: {owners}.
create function prepare_application(item bigint, called text, phone text, said text, files uuid[], told jsonb, now_at timestamptz)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    firm bigint := scope_id('enterprise');
    me bigint := scope_id('person');
begin
    if scope('kind') is distinct from 'member' or not exists (select from membership m where m.person_id = me and m.enterprise_id = firm) then
        raise exception 'a member prepares' using errcode = 'insufficient_privilege';
    end if;
    insert into application_prepared as p (enterprise_id, item_id, person_id, person_name, contact_name, contact_phone, note, at)
    values (firm, item, me, acting_name(), called, phone, said, now_at)
    on conflict on constraint application_prepared_pkey do update set person_id = excluded.person_id, person_name = excluded.person_name,
        contact_name = excluded.contact_name, contact_phone = excluded.contact_phone, note = excluded.note, at = excluded.at;
    update application_file f set prepared_for = case when f.id = any(files) then item end
    where f.enterprise_id = firm and f.application_id is null
        and (f.prepared_for = item or (f.person_id = me and f.id = any(files)));
    perform tell_person(m.person_id, firm, told -> 'owners', now_at) from membership m
    where m.enterprise_id = firm and m.role = 'owner' and m.person_id <> me;
end
$$;
