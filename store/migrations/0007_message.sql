-- Messages in the app, and work to be done outside the request.

create table message (
    id bigint generated always as identity constraint message_pkey primary key,
    person_id bigint constraint message_person_fkey references person on delete cascade,
    staff_id bigint constraint message_staff_fkey references staff on delete cascade,
    enterprise_id bigint,
    issue_id bigint constraint message_issue_fkey references issue,
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
create index message_person_idx on message (person_id, id desc);
create index message_staff_idx on message (staff_id, id desc);
-- Each message is one side's only. While both indexes held both sides' unread messages, either served for either, and the planner
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
