-- Limits, what cannot be read, and who decided what.

-- What of the outbox cannot be read is set aside: the messages after it go on, and somebody looks (`qifu job list`).
create table outbox_aside (
    id bigint generated always as identity constraint outbox_aside_pkey primary key,
    issue_id bigint not null constraint outbox_aside_issue_fkey references issue,
    notices jsonb not null,
    error text not null,
    at timestamptz not null
);
comment on table outbox_aside is 'Notices that could not be read, and so not be sent';
alter table outbox_aside enable row level security;
create policy outbox_aside_scope on outbox_aside using ((select scope('kind')) = 'system');
grant select, insert, delete on outbox_aside to qifu_app;

-- As before, and no more than so many in a day for one enterprise (0: no limit). Whoever's last event is of the last day is among those of the
-- index; a filing's is not older than itself.
create or replace function write_filing(projection jsonb, actor text, actor_name text, event text, hash bytea, notices jsonb,
    out issue_id bigint, out number text, out already boolean) language plpgsql security definer as $$
declare
    r public.issue := jsonb_populate_record(null::public.issue, projection);
    most integer := coalesce((projection ->> 'most_a_day')::integer, 0);
begin
    select i.id, i.number into issue_id, number from public.issue i
    where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
    already := found;
    if not already then
        perform public.hold_enterprise(r.enterprise_id);
        select e.name, e.station_id into strict r.enterprise_name, r.enterprise_station from public.enterprise e where e.id = r.enterprise_id;
    end if;
    if public.scope('kind') not in ('member', 'station', 'system') or public.scope('kind') is null
        or not public.may_read_issue(r.enterprise_id, r.station_id, r.enterprise_station, r.area, r.centre, r.lead, r.co, false)
    then
        raise exception 'not the issues of this enterprise' using errcode = 'insufficient_privilege';
    end if;
    if already then
        return;
    end if;
    if most > 0 and most <= (select count(*) from (select from public.issue i where i.enterprise_id = r.enterprise_id
        and i.last_event_at > r.submitted_at - interval '1 day' and i.submitted_at > r.submitted_at - interval '1 day' limit most) today)
    then
        raise exception 'too many filings in a day' using errcode = 'check_violation', constraint = 'issue_most_a_day';
    end if;
    r.id := nextval('public.issue_id_seq');
    r.number := public.next_issue_number(r.submitted_at);
    insert into public.issue overriding system value values (r.*) on conflict on constraint issue_client_key do nothing;
    if not found then
        -- The other click of a double click was faster.
        select i.id, i.number into strict issue_id, number from public.issue i
        where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
        already := true;
        return;
    end if;
    insert into public.issue_event (issue_id, seq, at, kind, actor, actor_name, event, hash)
    values (r.id, 1, r.submitted_at, 'submitted', write_filing.actor::json, write_filing.actor_name, write_filing.event::json,
        write_filing.hash);
    insert into public.outbox (issue_id, notices, created_at, after)
    values (r.id, write_filing.notices, r.submitted_at, public.standing_of(r));
    issue_id := r.id;
    number := r.number;
end
$$;

-- Who decided, by account: names may be alike, and change. What the session says, nobody writes by hand.
alter table application_event
    add column staff_id bigint default scope_id('staff') constraint application_event_staff_fkey references staff,
    add column person_id bigint default scope_id('person') constraint application_event_person_fkey references person;
alter table application
    add column approved_by bigint constraint application_approved_by_fkey references staff,
    add column proposed_by bigint constraint application_proposed_by_fkey references staff,
    add column proposed_amount bigint;

-- The second wall of `Standing::hands`: in one's own name only; who approves does not pay; more than was computed takes two.
create function keep_hands() returns trigger language plpgsql as $$
declare
    me bigint := scope_id('staff');
begin
    if scope('kind') = 'system' then
        return new;
    end if;
    if (new.approved_by is distinct from old.approved_by and new.approved_by is distinct from me)
        or (new.proposed_by is distinct from old.proposed_by and new.proposed_by is distinct from me)
    then
        raise exception 'nobody decides in another''s name' using errcode = 'insufficient_privilege';
    end if;
    if new.approved_amount is distinct from old.approved_amount and (new.approved_by is distinct from me
        or new.approved_amount > new.amount
            and (new.proposed_by is null or new.proposed_by = me or new.proposed_amount is distinct from new.approved_amount))
    then
        raise exception 'more than was computed takes two' using errcode = 'insufficient_privilege';
    end if;
    if new.paid_amount is distinct from old.paid_amount and new.approved_by = me then
        raise exception 'who approves does not pay' using errcode = 'insufficient_privilege';
    end if;
    if new.proposed_amount is distinct from old.proposed_amount and new.proposed_by is distinct from me then
        raise exception 'nobody proposes in another''s name' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger application_hands before update on application for each row execute function keep_hands();

-- Editors keep the words of a policy; applications that a department reviews are the department's to decide.
create policy application_decide on application as restrictive for update
    using ((select scope('kind')) <> 'policy_editor' or department_id is null) with check (true);

-- Who reviews applications is said in a version and comes into force with it: a draft moves nothing of what is published.
alter table policy_version add column department_id bigint constraint policy_version_department_fkey references department;
alter table policy_version disable trigger policy_version_keep;
update policy_version v set department_id = i.department_id from policy_item i where i.id = v.item_id;
alter table policy_version enable trigger policy_version_keep;
create function keep_department() returns trigger language plpgsql as $$
begin
    if new.department_id is distinct from old.department_id and (old.state <> 'draft' or new.state <> 'draft') then
        raise exception 'what is submitted or published stays' using errcode = 'restrict_violation';
    end if;
    if new.department_id is distinct from old.department_id and scope('kind') = 'policy_editor'
        and new.written_by is distinct from scope_id('staff')
    then
        raise exception 'not in the name of another account' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger policy_version_department before update on policy_version for each row execute function keep_department();

-- The libraries are the whole city's: an editor of the city proposes a change, another one accepts it, and nobody writes to them otherwise.
create table policy_library_change (
    id bigint generated always as identity constraint policy_library_change_pkey primary key,
    library text not null constraint policy_library_change_library_check check (library in ('attribute', 'tag', 'question')),
    code text not null,
    -- The entry as it shall be.
    entry jsonb not null,
    proposed_by bigint not null default scope_id('staff') constraint policy_library_change_proposed_fkey references staff,
    proposed_at timestamptz not null,
    decided_by bigint constraint policy_library_change_decided_fkey references staff,
    decided_at timestamptz,
    accepted boolean
);
comment on table policy_library_change is 'Changes of the libraries of attributes, tags and questions (指标库、标签库、问题库), by two people';
create unique index policy_library_change_open_key on policy_library_change (library, code) where decided_at is null;
alter table policy_library_change enable row level security;
create policy policy_library_change_scope on policy_library_change using (
    (select scope('kind')) = 'system' or ((select scope('kind')) = 'policy_editor' and (select scope_id('area') % 100 = 0)));
create policy policy_library_change_insert on policy_library_change as restrictive for insert with check (
    (select scope('kind')) = 'system' or (proposed_by = (select scope_id('staff')) and decided_at is null));
grant select, insert on policy_library_change to qifu_app;

drop policy policy_attribute_write on policy_attribute;
create policy policy_attribute_write on policy_attribute using ((select scope('kind')) = 'system');
drop policy policy_tag_write on policy_tag;
create policy policy_tag_write on policy_tag using ((select scope('kind')) = 'system');
drop policy policy_question_write on policy_question;
create policy policy_question_write on policy_question using ((select scope('kind')) = 'system');

-- Decides a change, and writes the entry where it is accepted; false where it is not open, or is the caller's own.
create function decide_library_change(change bigint, accept boolean, at timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    c policy_library_change;
    me bigint := scope_id('staff');
begin
    if scope('kind') is distinct from 'policy_editor' or scope_id('area') % 100 <> 0 then
        raise exception 'the libraries are the city''s' using errcode = 'insufficient_privilege';
    end if;
    -- Whoever proposed it may take it back.
    update policy_library_change u set decided_by = me, decided_at = at, accepted = accept
    where u.id = change and u.decided_at is null and (u.proposed_by <> me or not accept) returning * into c;
    if not found then
        return false;
    end if;
    if not accept then
        return true;
    end if;
    case c.library
        when 'attribute' then
            insert into policy_attribute (code, name, kind, unit, source, refresh, enterprise_may_state)
            select r.code, r.name, r.kind, r.unit, r.source, r.refresh, r.enterprise_may_state
            from jsonb_populate_record(null::policy_attribute, c.entry) r
            on conflict (code) do update set name = excluded.name, kind = excluded.kind, unit = excluded.unit, source = excluded.source,
                refresh = excluded.refresh, enterprise_may_state = excluded.enterprise_may_state;
        when 'tag' then
            insert into policy_tag (code, name, meaning) select r.code, r.name, r.meaning from jsonb_populate_record(null::policy_tag, c.entry) r
            on conflict (code) do update set name = excluded.name, meaning = excluded.meaning;
        else
            insert into policy_question (code, text) select r.code, r.text from jsonb_populate_record(null::policy_question, c.entry) r
            on conflict (code) do update set text = excluded.text;
    end case;
    return true;
end
$$;
