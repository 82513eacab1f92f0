-- 案卷, 谁看过 (S-8): who of the offices opened an issue's page or its file, for whoever looks on or rules on it. A line for each person and office, so that
-- who moved to another one has two. Members have none: what an enterprise reads of its own is nobody's business.
-- It stays as long as its issue, which is for ever: by number and name it is a record of what offices did.
create table issue_opening (
    -- No foreign key: it would lock the issue (0005_issue.sql), and a page that is read must hold up nobody who writes.
    issue_id bigint not null,
    staff_id bigint not null constraint issue_opening_staff_fkey references staff,
    -- Both as they were then: people move, and offices are renamed.
    office text not null,
    name text not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    -- Once an hour at most: a page that refreshes itself is one look.
    times integer not null default 1 constraint issue_opening_times_check check (times > 0),
    constraint issue_opening_pkey primary key (issue_id, staff_id, office),
    constraint issue_opening_order_check check (last_at >= first_at)
);
comment on table issue_opening is '谁看过: which staff opened an issue; written by note_opening alone';
alter table issue_opening enable row level security;
-- Those who may open the file (app::access, Record), of the issues that they read.
create policy issue_opening_scope on issue_opening for select using ((select scope('kind')) = 'system'
    or (select scope('kind')) in ('centre', 'supervisor', 'leader') and exists (select from issue i where i.id = issue_id));
grant select on issue_opening to qifu_app;

-- That whoever asks opened an issue, in their own name; whether it was written. With the owner's rights: departments and stations are written down and do
-- not read what is. Within the hour it is one look in the index, and nothing is locked or written.
create function note_opening(target bigint, at_office text, called text, now_at timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    me bigint := scope_id('staff');
begin
    if me is null or exists (select from issue_opening o
        where o.issue_id = target and o.staff_id = me and o.office = at_office and o.last_at > now_at - interval '1 hour') then
        return false;
    end if;
    insert into issue_opening as o (issue_id, staff_id, office, name, first_at, last_at)
    select i.id, me, at_office, called, now_at, now_at from issue i
    where i.id = target and (may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co,
        i.flags <> '{}' or (i.open and i.warn_at < now_at)) or may_front_issue(i.board_lead))
    on conflict (issue_id, staff_id, office) do update set last_at = excluded.last_at, name = excluded.name, times = o.times + 1
        where o.last_at <= excluded.last_at - interval '1 hour';
    return found;
end
$$;
revoke execute on function note_opening(bigint, text, text, timestamptz) from public;
grant execute on function note_opening(bigint, text, text, timestamptz) to qifu_app;
