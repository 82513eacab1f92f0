-- The closed loop (S-5 to S-12): events are the truth, `issue` is what pages list.

create table issue (
    id bigint generated always as identity constraint issue_pkey primary key,
    number text not null constraint issue_number_key unique,
    -- Chosen by the form; the same key files once.
    client_key uuid not null,
    enterprise_id bigint not null constraint issue_enterprise_fkey references enterprise,
    area integer not null,
    centre integer not null,
    state text not null,
    round integer not null,
    version integer not null,
    category text not null,
    board text not null,
    title text not null,
    body text not null,
    place text not null,
    contact_name text not null,
    contact_phone text not null,
    level text not null,
    urgency text not null,
    channel text not null,
    filed_by bigint constraint issue_filed_by_fkey references person,
    station_id bigint constraint issue_station_fkey references station,
    lead bigint constraint issue_lead_fkey references department,
    co bigint[] not null default '{}',
    -- The department a return proposed.
    proposed bigint,
    returned boolean not null default false,
    submitted_at timestamptz not null,
    -- The answer's promise, frozen by events.
    due_at timestamptz,
    -- Earliest running clock: when it warns, when it is late. The year 9999 when nothing runs, so that lists order and page by it.
    warn_at timestamptz not null,
    late_at timestamptz not null,
    -- When a pause of 待补充 lapses.
    pause_cap timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    outcome text,
    rating_level text,
    rating_solved boolean,
    flags text[] not null default '{}',
    last_event_at timestamptz not null,
    -- Open: somebody owes something (State::is_open).
    open boolean not null,
    constraint issue_client_key unique (enterprise_id, client_key)
);
comment on table issue is '诉求: projection of issue_event, written in the same transaction';

-- The enterprise's own list, newest movement first.
create index issue_enterprise_idx on issue (enterprise_id, last_event_at desc, id desc);
-- The desk: what is open, by area and by department, the most urgent first.
create index issue_open_centre_idx on issue (centre, state, late_at, id) where open;
create index issue_open_late_idx on issue (late_at, id) where open;
create index issue_open_lead_idx on issue (lead, state, late_at, id) where open;
create index issue_area_recent_idx on issue (area, submitted_at desc, id desc);
create index issue_lead_recent_idx on issue (lead, submitted_at desc, id desc);
create index issue_recent_idx on issue (submitted_at desc, id desc);
create index issue_co_idx on issue using gin (co) where open and co <> '{}';
create index issue_station_idx on issue (station_id, submitted_at desc) where station_id is not null;
create index issue_pause_idx on issue (pause_cap) where pause_cap is not null;
create index issue_category_idx on issue (category, lead) where lead is not null;

create table issue_event (
    issue_id bigint not null constraint issue_event_issue_fkey references issue,
    seq integer not null constraint issue_event_seq_check check (seq > 0),
    at timestamptz not null,
    kind text not null,
    -- `json`, not `jsonb`: the exact text is what was hashed.
    actor json not null,
    -- The name as it was shown at the time: staff move on, the record stays.
    actor_name text not null,
    event json not null,
    -- SHA-256 chain (domain::issue::chain).
    hash bytea not null,
    constraint issue_event_pkey primary key (issue_id, seq)
);
comment on table issue_event is 'Append-only, numbered per issue, hash-chained';

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end
$$;
create trigger issue_event_append_only before update or delete on issue_event for each row execute function refuse_change();
create trigger issue_event_no_truncate before truncate on issue_event for each statement execute function refuse_change();

create table photo (
    id uuid constraint photo_pkey primary key,
    -- Null until the issue it belongs to is filed.
    issue_id bigint constraint photo_issue_fkey references issue,
    -- The event it came with.
    seq integer,
    ordinal integer not null default 0,
    enterprise_id bigint not null constraint photo_enterprise_fkey references enterprise,
    person_id bigint,
    staff_id bigint,
    width integer not null,
    height integer not null,
    bytes bigint not null,
    created_at timestamptz not null
);
create index photo_issue_idx on photo (issue_id, seq, ordinal);
create index photo_pending_idx on photo (created_at) where issue_id is null;
comment on table photo is 'Re-encoded pictures; the files lie in the object store under the id';

create table issue_search (
    issue_id bigint constraint issue_search_pkey primary key constraint issue_search_issue_fkey references issue,
    tokens tsvector not null
);
create index issue_search_tokens_idx on issue_search using gin (tokens);
comment on table issue_search is 'Words of number, title, text and enterprise (domain::search), filled by the outbox worker';

-- Number HZ-YYYY-MMDDnnnnn. A counter row would make every filing wait for the one before it to reach the disk; a sequence does
-- not. The first filing of a day writes the day's base once.
create sequence issue_number_seq;
create table issue_day (
    day date constraint issue_day_pkey primary key,
    base bigint not null
);

create function next_issue_number(at timestamptz) returns text language plpgsql as $$
declare
    today date := (at at time zone 'Asia/Shanghai')::date;
    day_base bigint;
    n bigint;
begin
    select base into day_base from issue_day where day = today;
    if day_base is null then
        insert into issue_day (day, base) values (today, nextval('issue_number_seq')) on conflict do nothing;
        select base into day_base from issue_day where day = today;
    end if;
    n := nextval('issue_number_seq') - day_base;
    return 'HZ-' || to_char(today, 'YYYY-MMDD') || lpad(n::text, greatest(5, length(n::text)), '0');
end
$$;

-- What a command wants told and refreshed, drained by any server.
create table outbox (
    id bigint generated always as identity constraint outbox_pkey primary key,
    issue_id bigint not null constraint outbox_issue_fkey references issue,
    notices jsonb not null,
    created_at timestamptz not null
);

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
    constraint message_who_check check ((person_id is null) <> (staff_id is null))
);
create index message_person_idx on message (person_id, id desc);
create index message_staff_idx on message (staff_id, id desc);
create index message_person_unread_idx on message (person_id) where read_at is null;
create index message_staff_unread_idx on message (staff_id) where read_at is null;

create table job (
    id bigint generated always as identity constraint job_pkey primary key,
    kind text not null,
    payload jsonb not null,
    run_at timestamptz not null,
    attempts integer not null default 0,
    last_error text not null default '',
    created_at timestamptz not null
);
create index job_due_idx on job (run_at, id) where attempts < 10;
comment on table job is 'Work to be done outside the request, e.g. an SMS; ten attempts with growing pauses';
