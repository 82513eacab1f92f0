-- Boards and categories, limits, working days and texts are the city's own: data with the day from which each line holds.
--
-- Every table here only grows. A line says everything of its thing from its day on; of two for one day the later written holds, so what was
-- planned is taken back by another line for that day. What was in force on a day can therefore be asked for ever, and nothing that was
-- decided under it moves. Who wrote a line and why is in `setting_change`; lines without one are the starting set.

create table catalogue_board (
    id bigint generated always as identity constraint catalogue_board_pkey primary key,
    code text not null constraint catalogue_board_code_check check (code ~ '^[a-z][a-z0-9_-]{1,39}$'),
    from_day date not null,
    -- The first instant of that day, or that at which it was written for the same day: what was filed before goes on as it was.
    since timestamptz not null,
    name text not null constraint catalogue_board_name_check check (char_length(name) between 1 and 40),
    -- Code of the lead department: it accepts for departments without people on site, and never becomes the handler by that (S-4).
    lead text not null,
    position integer not null,
    active boolean not null,
    change_id bigint constraint catalogue_board_change_fkey references setting_change
);
comment on table catalogue_board is '服务板块, a line a change (S-4)';

create table catalogue_category (
    id bigint generated always as identity constraint catalogue_category_pkey primary key,
    code text not null constraint catalogue_category_code_check check (code ~ '^[a-z][a-z0-9_-]{1,39}$'),
    from_day date not null,
    -- The first instant of that day, or that at which it was written for the same day: what was filed before goes on as it was.
    since timestamptz not null,
    board text not null,
    name text not null constraint catalogue_category_name_check check (char_length(name) between 1 and 40),
    -- Code of the department whose business it is, where no district has another.
    department text not null,
    level text not null,
    urgency text not null,
    words text[] not null,
    position integer not null,
    active boolean not null,
    change_id bigint constraint catalogue_category_change_fkey references setting_change
);
comment on table catalogue_category is '涉企服务事项类别, a line a change (S-18)';

create table catalogue_responsible (
    id bigint generated always as identity constraint catalogue_responsible_pkey primary key,
    category text not null,
    area integer not null,
    from_day date not null,
    since timestamptz not null,
    -- None: the city's default again.
    department text,
    change_id bigint constraint catalogue_responsible_change_fkey references setting_change
);
comment on table catalogue_responsible is '责任部门 of a category in one district, where it is not the city''s';

create table limit_version (
    -- What an issue remembers.
    version integer constraint limit_version_pkey primary key constraint limit_version_check check (version between 1 and 65535),
    from_day date not null,
    -- `domain::issue::limits::Spans`.
    spans jsonb not null,
    change_id bigint constraint limit_version_change_fkey references setting_change
);
comment on table limit_version is '时限 by the day of submission';

create table notice_text (
    id bigint generated always as identity constraint notice_text_pkey primary key,
    -- `domain::issue::texts::TextKey`.
    code text not null,
    from_day date not null,
    -- Neither: our own words again.
    title text,
    body text,
    change_id bigint constraint notice_text_change_fkey references setting_change,
    constraint notice_text_whole_check check ((title is null) = (body is null))
);
comment on table notice_text is '通知用语 that the city has written';

-- As the others: of two for one day the later holds. None: as without this line.
alter table calendar_day drop constraint calendar_day_pkey;
alter table calendar_day
    add column id bigint generated always as identity constraint calendar_day_pkey primary key,
    add column change_id bigint constraint calendar_day_change_fkey references setting_change,
    alter column working drop not null;
comment on column calendar_day.working is 'At work, off, or neither: as the built-in table has it';

-- What has begun to hold is past changing: an administrator writes from today on, and only with a change that says who and why.
create function may_set(area integer, from_day date, change_id bigint) returns boolean language sql stable as $$
    select scope('kind') = 'system'
        or (administers(area) and from_day >= (now() at time zone 'Asia/Shanghai')::date and change_id is not null)
$$;

do $$
declare
    t text;
begin
    foreach t in array array['catalogue_board', 'catalogue_category', 'catalogue_responsible', 'limit_version', 'notice_text',
        'calendar_day']
    loop
        execute format('create trigger %1$I_append_only before update or delete on %1$I for each row execute function refuse_change()', t);
        if t <> 'calendar_day' then
            execute format('alter table %I enable row level security', t);
            execute format('create policy %1$I_read on %1$I for select using ((select scope(''kind'')) in (''system'', ''administrator''))', t);
            execute format('grant select, insert on %I to qifu_app', t);
        end if;
    end loop;
end
$$;
create policy catalogue_board_insert on catalogue_board for insert with check (may_set(330500, from_day, change_id));
create policy catalogue_category_insert on catalogue_category for insert with check (may_set(330500, from_day, change_id));
create policy catalogue_responsible_insert on catalogue_responsible for insert with check (may_set(area, from_day, change_id));
-- Under which limits an issue runs is no secret, and whoever gives it a command may need a version that its server has not heard of.
drop policy limit_version_read on limit_version;
create policy limit_version_read on limit_version for select using (true);
create policy notice_text_insert on notice_text for insert with check (may_set(330500, from_day, change_id));
create policy limit_version_insert on limit_version for insert with check (may_set(330500, from_day, change_id));
drop policy calendar_day_write on calendar_day;
create policy calendar_day_insert on calendar_day for insert with check (may_set(330500, day, change_id));
revoke update on calendar_day from qifu_app;
grant usage on all sequences in schema public to qifu_app;

-- Every server keeps these tables, and what names things beside them; it hears at once when they change. Settings change seldom: the lock
-- that `NOTIFY` takes at commit is in nobody's way.
create function tell_tables() returns trigger language plpgsql as $$
begin
    perform pg_notify('qifu_tables', '');
    return null;
end
$$;
do $$
declare
    t text;
begin
    foreach t in array array['catalogue_board', 'catalogue_category', 'catalogue_responsible', 'limit_version', 'notice_text',
        'calendar_day', 'area', 'department', 'station']
    loop
        execute format('create trigger %1$I_told after insert or update or delete on %1$I for each statement execute function tell_tables()', t);
    end loop;
end
$$;
