-- A meeting's problems (恳谈会、座谈会, S-5): the centre writes them down from a table, some eighty at once, each once.
create table meeting (
    id bigint generated always as identity constraint meeting_pkey primary key,
    -- Whose centre held it, or wrote it down.
    area integer not null,
    name text not null constraint meeting_name_check check (length(name) between 2 and 60),
    held date not null,
    created_at timestamptz not null,
    staff_id bigint not null constraint meeting_staff_fkey references staff,
    staff_name text not null,
    constraint meeting_name_key unique (area, held, name)
);
comment on table meeting is '恳谈会、座谈会: whose problems were written down';
alter table meeting enable row level security;
create policy meeting_read on meeting for select using ((select scope('kind')) = 'system'
    or (select scope('kind')) = 'centre' and area_covers((select scope_id('area'))::integer, area));
create policy meeting_insert on meeting for insert with check ((select scope('kind')) = 'system'
    or (select scope('kind')) = 'centre' and area = (select scope_id('area')) and staff_id = (select scope_id('staff')));
grant select, insert on meeting to qifu_app;
create trigger meeting_stays before update or delete on meeting for each row execute function refuse_change();

-- Which issue came of which line; `request` is the SHA-256 of what stood there, so that the same table again changes nothing.
create table meeting_issue (
    meeting_id bigint not null constraint meeting_issue_meeting_fkey references meeting,
    -- 序号, as the table has it.
    place integer not null constraint meeting_issue_place_check check (place > 0),
    issue_id bigint not null constraint meeting_issue_issue_key unique constraint meeting_issue_issue_fkey references issue,
    request bytea not null,
    constraint meeting_issue_pkey primary key (meeting_id, place)
);
comment on table meeting_issue is 'Issues that were written down in a meeting';
alter table meeting_issue enable row level security;
create policy meeting_issue_scope on meeting_issue using ((select scope('kind')) = 'system'
    or (select scope('kind')) = 'centre' and exists (select from meeting m where m.id = meeting_id));
grant select, insert on meeting_issue to qifu_app;
create trigger meeting_issue_stays before update or delete on meeting_issue for each row execute function refuse_change();
grant usage on all sequences in schema public to qifu_app;

-- The enterprise that a table names by its code, wherever it is registered; one that is not known is entered by its name, as at the desk of members.
create function enterprise_at_meeting(code text, name text, in_area integer, now_at timestamptz, out id bigint, out registered integer)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if scope('kind') is distinct from 'centre' then
        raise exception 'not a centre' using errcode = 'insufficient_privilege';
    end if;
    select e.id, e.area into id, registered from enterprise e where e.uscc = code;
    if id is null and enterprise_at_meeting.name <> '' then
        id := enter_enterprise(code, enterprise_at_meeting.name, in_area, 'micro', now_at);
        registered := in_area;
    end if;
end
$$;

-- As before, and by a key what is its own, and by the centre that would read it. A mark that is known by another way, or from another key, is no receipt.
create or replace function write_filing(projection jsonb, actor text, actor_name text, event text, hash bytea, notices jsonb,
    out issue_id bigint, out number text, out already boolean) language plpgsql security definer as $$
declare
    r public.issue := jsonb_populate_record(null::public.issue, projection);
    most integer := coalesce((projection ->> 'most_a_day')::integer, 0);
    known_key bigint;
begin
    r.owed_by := coalesce(r.owed_by, '{}');
    r.tier := coalesce(r.tier, 'board');
    select i.id, i.number, i.key_id into issue_id, number, known_key from public.issue i
    where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
    already := found;
    if not already then
        perform public.hold_enterprise(r.enterprise_id);
        select e.name, e.station_id into strict r.enterprise_name, r.enterprise_station from public.enterprise e where e.id = r.enterprise_id;
    end if;
    if (case coalesce(public.scope('kind'), '')
        when 'key' then r.key_id is distinct from public.scope_id('key')
        when 'system' then false
        when 'member' then r.key_id is not null or not public.may_read_issue(r.enterprise_id, r.station_id, r.enterprise_station, r.area,
            r.centre, r.lead, r.co, false)
        when 'station' then r.key_id is not null or not public.may_read_issue(r.enterprise_id, r.station_id, r.enterprise_station, r.area,
            r.centre, r.lead, r.co, false)
        when 'centre' then r.key_id is not null or not public.may_read_issue(r.enterprise_id, r.station_id, r.enterprise_station, r.area,
            r.centre, r.lead, r.co, false)
        else true end)
    then
        raise exception 'not the issues of this enterprise' using errcode = 'insufficient_privilege';
    end if;
    if already then
        if known_key is distinct from r.key_id then
            raise exception 'the mark of another filing' using errcode = 'insufficient_privilege';
        end if;
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
        select i.id, i.number, i.key_id into strict issue_id, number, known_key from public.issue i
        where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
        if known_key is distinct from r.key_id then
            raise exception 'the mark of another filing' using errcode = 'insufficient_privilege';
        end if;
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
