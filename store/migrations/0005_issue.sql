-- The closed loop (S-5 to S-12): events are the truth, `issue` is what pages list. Its functions are in the next file.

create table issue (
    id bigint generated always as identity constraint issue_pkey primary key,
    number text not null constraint issue_number_key unique,
    -- Chosen by the form; the same key files once.
    client_key uuid not null,
    -- No foreign keys to enterprise and person: each filing would lock both rows, and filings of one enterprise would queue for them.
    -- write_filing looks the enterprise up, the triggers enterprise_filed and person_filed keep what is referred to.
    enterprise_id bigint not null,
    -- As the enterprise has them now (trigger enterprise_told): lists and policies then ask this row alone.
    enterprise_name text not null,
    enterprise_station bigint,
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
    filed_by bigint,
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
    -- Of the desk's queues by state, the one it lies in while it is open (store::issue::queue_of).
    queue text,
    constraint issue_queue_check check (open = (queue is not null)),
    constraint issue_client_key unique (enterprise_id, client_key)
);
comment on table issue is '诉求: projection of issue_event, written in the same transaction';
-- An issue stays. So what refers to one needs no foreign key, which would lock the row and write it again for every event, message and
-- set of words: these are written beside the issue, by functions and workers that have just read it.
create trigger issue_no_delete before delete on issue for each row execute function refuse_change();
create trigger issue_no_truncate before truncate on issue for each statement execute function refuse_change();

-- Every filing pays for an index, so those that only some issues need are partial.
-- The enterprise's own lists, newest movement first: everything, what is open, what waits for it. The last is counted on every page of
-- its space, and few wait of the thousands that an enterprise may have open.
create index issue_enterprise_idx on issue (enterprise_id, last_event_at desc, id desc);
create index issue_enterprise_open_idx on issue (enterprise_id, last_event_at desc, id desc) include (state) where open;
create index issue_waiting_idx on issue (enterprise_id, last_event_at desc, id desc) where state in ('awaiting_input', 'answered');
-- The desk: a queue of the city, of a centre, of a department, the most urgent first; a list of several queues merges them.
create index issue_queue_idx on issue (queue, late_at, id) where open;
create index issue_centre_queue_idx on issue (centre, queue, late_at, id) where open;
create index issue_lead_queue_idx on issue (lead, queue, late_at, id) where open and lead is not null;
-- Everything open, and what has become late or is about to since the counts were last brought up (0011_desk.sql).
create index issue_late_idx on issue (late_at, id) where open;
create index issue_warn_idx on issue (warn_at) where open;
-- Everything, the latest filing first.
create index issue_area_recent_idx on issue (area, submitted_at desc, id desc);
create index issue_recent_idx on issue (submitted_at desc, id desc);
create index issue_lead_recent_idx on issue (lead, submitted_at desc, id desc) where lead is not null;
create index issue_co_idx on issue using gin (co) where open and co <> '{}';
create index issue_pause_idx on issue (pause_cap) where pause_cap is not null;
create index issue_category_idx on issue (category, id desc) where lead is not null;

create table issue_event (
    issue_id bigint not null,
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
    issue_id bigint constraint issue_search_pkey primary key,
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

-- What the desk counts of an open issue.
create type standing as (
    queue text, centre integer, area integer, lead bigint, co bigint[], station bigint, enterprise_station bigint,
    warn_at timestamptz, late_at timestamptz
);

-- What a command wants told, refreshed and counted, drained by any server.
create table outbox (
    id bigint generated always as identity constraint outbox_pkey primary key,
    issue_id bigint not null,
    notices jsonb not null,
    created_at timestamptz not null,
    -- How the issue stood before and after; null where it was not open.
    before standing,
    after standing
);

-- domain::issue::permission::may_read, said again, once for the policy and for functions that read with the owner's rights. PostgreSQL
-- writes its body into the query that calls it, as long as there is no sub-select in it.
create function may_read_issue(enterprise bigint, station bigint, enterprise_station bigint, area integer, centre integer, lead bigint,
    co bigint[], abnormal boolean) returns boolean language sql stable parallel safe as $$
    select coalesce(case current_setting('qifu.kind', true)
        when 'member' then enterprise = public.scope_id('enterprise')
        when 'station' then station = public.scope_id('station') or enterprise_station = public.scope_id('station')
        when 'centre' then public.scope_id('area') % 100 = 0 or area = public.scope_id('area') or centre = public.scope_id('area')
        when 'handler' then lead = public.scope_id('department') or co @> array[public.scope_id('department')]
        when 'supervisor' then abnormal and (public.scope_id('area') % 100 = 0 or area = public.scope_id('area'))
        when 'leader' then public.scope_id('area') % 100 = 0 or area = public.scope_id('area')
        when 'system' then true
    end, false)
$$;
alter table issue enable row level security;
create policy issue_scope on issue using (
    may_read_issue(enterprise_id, station_id, enterprise_station, area, centre, lead, co, flags <> '{}' or (open and late_at < now()))
);

-- Everything of an issue is as visible as the issue: these sub-selects run under the issue's own policy.
alter table issue_event enable row level security;
create policy issue_event_scope on issue_event using (exists (select from issue i where i.id = issue_id));
alter table photo enable row level security;
create policy photo_scope on photo using (
    case when issue_id is not null then exists (select from issue i where i.id = issue_id)
    -- Not filed yet: only whoever took it.
    else case (select scope('kind'))
        when 'member' then person_id = (select scope_id('person')) and enterprise_id = (select scope_id('enterprise'))
        when 'station' then staff_id = (select scope_id('staff'))
        when 'system' then true
        else false end
    end
);
alter table issue_search enable row level security;
create policy issue_search_scope on issue_search using (exists (select from issue i where i.id = issue_id));
alter table outbox enable row level security;
create policy outbox_scope on outbox for select using ((select scope('kind')) = 'system');
create policy outbox_drain on outbox for delete using ((select scope('kind')) = 'system');
create policy outbox_write on outbox for insert with check ((select scope('kind')) = 'system');
-- `for update skip locked` asks for the policies of an update besides those of reading.
create policy outbox_lock on outbox for update using ((select scope('kind')) = 'system');

-- Who may write, where reading is wider.
create policy issue_search_insert on issue_search as restrictive for insert with check ((select scope('kind')) = 'system');
create policy issue_search_update on issue_search as restrictive for update using ((select scope('kind')) = 'system');
-- Filed by write_filing alone, which asks who files; histories are the system's.
create policy issue_insert on issue as restrictive for insert with check ((select scope('kind')) = 'system');
-- Supervisors and leaders look on; everybody else who reads an issue may have a command for it, which the rules decide.
create policy issue_event_insert on issue_event as restrictive for insert
    with check ((select scope('kind')) in ('member', 'station', 'centre', 'handler', 'system'));
-- A picture that came with an event stays with it.
create policy photo_attach on photo as restrictive for update using (issue_id is null or (select scope('kind')) = 'system')
    with check (true);
create policy photo_delete on photo as restrictive for delete using ((select scope('kind')) = 'system');

grant select, insert on issue, issue_event to qifu_app;
-- `for update` wants a right to update something; the projection itself is written by project_issue alone.
grant update (version) on issue to qifu_app;
grant select, insert, update on photo, issue_search, outbox to qifu_app;
grant delete on photo, outbox to qifu_app;
-- The base of a day's numbers is written by next_issue_number alone.
grant select on issue_day to qifu_app;
grant usage on all sequences in schema public to qifu_app;
