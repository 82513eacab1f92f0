-- Messages in the app, and work to be done outside the request.

create table message (
    id bigint generated always as identity constraint message_pkey primary key,
    person_id bigint constraint message_person_fkey references person on delete cascade,
    staff_id bigint constraint message_staff_fkey references staff on delete cascade,
    enterprise_id bigint,
    issue_id bigint,
    number text not null,
    kind text not null,
    title text not null,
    body text not null,
    created_at timestamptz not null,
    read_at timestamptz,
    -- Where it leads; to the issue of its number where that is not said.
    link text,
    constraint message_who_check check ((person_id is null) <> (staff_id is null))
);
-- By time and not by id alone: the primary key would serve an order by id too, and the planner would now and then walk everybody's
-- messages in search of one's own. Each message is one side's only.
create index message_person_idx on message (person_id, created_at desc, id desc) where person_id is not null;
create index message_staff_idx on message (staff_id, created_at desc, id desc) where staff_id is not null;
-- While both indexes held both sides' unread messages, either served for either, and the planner
-- counted a clerk's by reading every member's: two thousand rows on every page of a hundred thousand issues.
create index message_person_unread_idx on message (person_id) where read_at is null and person_id is not null;
create index message_staff_unread_idx on message (staff_id) where read_at is null and staff_id is not null;

create table job (
    id bigint generated always as identity constraint job_pkey primary key,
    kind text not null,
    payload jsonb not null,
    run_at timestamptz not null,
    attempts integer not null default 0,
    last_error text not null default '',
    created_at timestamptz not null
);
-- Every kind has a queue of its own: a code for signing in never waits behind the matching of a city.
create index job_kind_idx on job (kind, run_at, id) where attempts < 10;
comment on table job is 'Work to be done outside the request, e.g. an SMS; ten attempts with growing pauses';

alter table message enable row level security;
create policy message_scope on message using (
    case (select scope('kind')) when 'system' then true
        when 'member' then person_id = (select scope_id('person'))
        else staff_id = (select scope_id('staff')) end
);

create policy message_insert on message as restrictive for insert with check ((select scope('kind')) = 'system');
alter table job enable row level security;
create policy job_scope on job using ((select scope('kind')) = 'system');

-- A message is read, never rewritten.
grant select, insert, update (read_at) on message to qifu_app;
grant select, insert, update, delete on job to qifu_app;
grant usage on all sequences in schema public to qifu_app;

-- The enterprise's own page in one round trip: who it is, what waits and what runs, the latest messages. For the scope's own enterprise
-- and person, so no policy is asked row by row; no row for anybody else.
create type home_row as (
    id bigint, number text, title text, category text, state text, round integer, centre integer, lead bigint, submitted_at timestamptz,
    due_at timestamptz, warn_at timestamptz, late_at timestamptz, answered_at timestamptz, returned boolean, flags text[],
    last_event_at timestamptz
);
create type message_row as (
    id bigint, number text, kind text, link text, title text, body text, created_at timestamptz, read_at timestamptz
);
-- Of more than 200 that wait, and of more than 200 open ones, the latest 200 are counted, from their indexes alone.
create function home_page(most_waiting integer, most_open integer, most_messages integer) returns table (id bigint, uscc text, name text,
    area integer, address text, industry text, scale text, class text, tags text[], station_id bigint, waiting_count bigint,
    open_count bigint, waiting home_row[], opened home_row[], messages message_row[])
language plpgsql stable security definer rows 1 as $$
declare
    enterprise bigint := public.scope_id('enterprise');
    person bigint := public.scope_id('person');
begin
    if public.scope('kind') is distinct from 'member' then
        return;
    end if;
    return query
    with waiting as materialized (
        select i.id from public.issue i where i.enterprise_id = enterprise and i.state in ('awaiting_input', 'answered')
        order by i.last_event_at desc, i.id desc limit 200),
    opened as materialized (
        select o.id from (select i.id, i.state from public.issue i where i.enterprise_id = enterprise and i.open
            order by i.last_event_at desc, i.id desc limit 200) o where o.state not in ('awaiting_input', 'answered'))
    select e.id, e.uscc, e.name, e.area, e.address, e.industry, e.scale, e.class, e.tags, e.station_id,
        (select count(*) from waiting), (select count(*) from opened),
        array(select row(i.id, i.number, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at, i.due_at, i.warn_at, i.late_at,
                i.answered_at, i.returned, i.flags, i.last_event_at)::public.home_row from (select w.id from waiting w limit most_waiting) r
            join public.issue i on i.id = r.id order by i.last_event_at desc, i.id desc),
        array(select row(i.id, i.number, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at, i.due_at, i.warn_at, i.late_at,
                i.answered_at, i.returned, i.flags, i.last_event_at)::public.home_row from (select o.id from opened o limit most_open) r
            join public.issue i on i.id = r.id order by i.last_event_at desc, i.id desc),
        array(select row(m.id, m.number, m.kind, m.link, m.title, m.body, m.created_at, m.read_at)::public.message_row
            from public.message m
            where m.person_id = person and (m.enterprise_id = enterprise or m.enterprise_id is null)
            order by m.created_at desc, m.id desc limit most_messages)
    from public.enterprise e where e.id = enterprise;
end
$$;
