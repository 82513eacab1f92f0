-- The desk at work: templates of answers, internal notes, who has an issue open, who stands in for whom, whose it is within an office, and what
-- became of each row of a bulk command.

-- Within which office somebody works: those of one office have the same queue and the same rights, so an issue may be passed among them.
create function office_of(role text, area integer, department bigint, station bigint) returns text language sql immutable parallel safe as $$
    select case role when 'handler' then 'handler:' || department when 'station' then 'station:' || station else role || ':' || area end
$$;
create function office() returns text language sql stable parallel safe as $$
    select office_of(scope('kind'), scope_id('area')::integer, scope_id('department'), scope_id('station'))
$$;

create table answer_template (
    id bigint generated always as identity constraint answer_template_pkey primary key,
    -- Null: of the city, for every department.
    department_id bigint constraint answer_template_department_fkey references department,
    title text not null constraint answer_template_title_check check (length(title) between 2 and 30),
    body text not null constraint answer_template_body_check check (length(body) between 10 and 1500),
    changed_at timestamptz not null,
    changed_by text not null,
    gone_at timestamptz
);
create unique index answer_template_title_key on answer_template (coalesce(department_id, 0), title) where gone_at is null;
comment on table answer_template is '答复模板: of a department, or of the city';

-- The department's own people, and the administrators of its area; those of the city, the city's administrators.
create function keeps_template(department bigint) returns boolean language sql stable as $$
    select coalesce(case scope('kind')
        when 'system' then true
        when 'handler' then department = scope_id('department')
        when 'administrator' then scope_id('area') = 330500
            or department is not null and exists (select from department d where d.id = department and d.area = scope_id('area')) end, false)
$$;
alter table answer_template enable row level security;
create policy answer_template_read on answer_template for select
    using (keeps_template(department_id) or department_id is null and (select scope('kind')) = 'handler');
create policy answer_template_insert on answer_template for insert with check (keeps_template(department_id));
create policy answer_template_update on answer_template for update using (keeps_template(department_id));
grant select, insert on answer_template to qifu_app;
grant update (title, body, changed_at, changed_by, gone_at) on answer_template to qifu_app;

-- 内部备注: beside the events, so that no page of the enterprise, no interface and no export of events has them.
create table issue_note (
    id bigint generated always as identity constraint issue_note_pkey primary key,
    issue_id bigint not null constraint issue_note_issue_fkey references issue,
    staff_id bigint not null constraint issue_note_staff_fkey references staff,
    author text not null,
    body text not null constraint issue_note_body_check check (length(body) between 2 and 1000),
    created_at timestamptz not null
);
create index issue_note_issue_idx on issue_note (issue_id, id);
comment on table issue_note is '内部备注: read by those who handle or look on, never by members and stations';
alter table issue_note enable row level security;
create policy issue_note_read on issue_note for select using ((select scope('kind')) = 'system'
    or (select scope('kind')) in ('centre', 'handler', 'supervisor', 'leader') and exists (select from issue i where i.id = issue_id));
create policy issue_note_insert on issue_note for insert with check ((select scope('kind')) = 'system'
    or (select scope('kind')) in ('centre', 'handler', 'supervisor') and staff_id = (select scope_id('staff'))
        and exists (select from issue i where i.id = issue_id));
grant select, insert on issue_note to qifu_app;
create trigger issue_note_stays before update or delete on issue_note for each row execute function refuse_change();

-- Who has it open: light, lost in a crash, dropped after an hour. `told` is up to which event somebody was told what happened while they wrote.
create unlogged table issue_presence (
    issue_id bigint not null constraint issue_presence_issue_fkey references issue,
    staff_id bigint not null constraint issue_presence_staff_fkey references staff,
    name text not null,
    opened_at timestamptz not null,
    told integer not null default 0,
    constraint issue_presence_pkey primary key (issue_id, staff_id)
);
create index issue_presence_opened_idx on issue_presence (opened_at);
comment on table issue_presence is 'Who of staff has an issue open';
alter table issue_presence enable row level security;
create policy issue_presence_scope on issue_presence using ((select scope('kind')) = 'system'
    or (select scope('kind')) in ('centre', 'handler', 'supervisor', 'leader') and exists (select from issue i where i.id = issue_id))
    with check ((select scope('kind')) = 'system'
        or (select scope('kind')) in ('centre', 'handler', 'supervisor', 'leader') and staff_id = (select scope_id('staff')));
create policy issue_presence_delete on issue_presence as restrictive for delete using ((select scope('kind')) = 'system');
grant select, insert, update, delete on issue_presence to qifu_app;

-- 代班.
create table substitution (
    id bigint generated always as identity constraint substitution_pkey primary key,
    office text not null,
    absent_id bigint not null constraint substitution_absent_fkey references staff,
    absent_name text not null,
    substitute_id bigint not null constraint substitution_substitute_fkey references staff,
    substitute_name text not null,
    from_day date not null,
    to_day date not null,
    reason text not null,
    created_at timestamptz not null,
    ended_at timestamptz,
    constraint substitution_days_check check (to_day >= from_day and to_day <= from_day + 92),
    constraint substitution_other_check check (absent_id <> substitute_id)
);
create index substitution_substitute_idx on substitution (substitute_id, to_day) where ended_at is null;
create index substitution_absent_idx on substitution (absent_id, to_day) where ended_at is null;
comment on table substitution is '代班: who stands in for whom, within one office';
alter table substitution enable row level security;
create policy substitution_read on substitution for select using ((select scope('kind')) = 'system' or office = (select office()));
create policy substitution_end on substitution for update
    using ((select scope('kind')) = 'system' or absent_id = (select scope_id('staff')) or substitute_id = (select scope_id('staff')));
grant select on substitution to qifu_app;
grant update (ended_at) on substitution to qifu_app;

-- 转办给同事: whose an issue is within an office; no row where it is everybody's of the office.
create table issue_assignment (
    issue_id bigint not null constraint issue_assignment_issue_fkey references issue,
    office text not null,
    staff_id bigint not null constraint issue_assignment_staff_fkey references staff,
    staff_name text not null,
    at timestamptz not null,
    constraint issue_assignment_pkey primary key (issue_id, office)
);
create index issue_assignment_staff_idx on issue_assignment (staff_id);
comment on table issue_assignment is '经办人: whose an issue is within an office';
alter table issue_assignment enable row level security;
create policy issue_assignment_scope on issue_assignment
    using ((select scope('kind')) = 'system' or office = (select office()) and exists (select from issue i where i.id = issue_id));
-- Written by pass_issue alone.
grant select on issue_assignment to qifu_app;

create table bulk_run (
    id uuid constraint bulk_run_pkey primary key,
    staff_id bigint not null constraint bulk_run_staff_fkey references staff,
    command text not null,
    at timestamptz not null,
    lines jsonb not null
);
create index bulk_run_staff_idx on bulk_run (staff_id, at);
comment on table bulk_run is 'What became of each row of a bulk command; kept for a week';
alter table bulk_run enable row level security;
create policy bulk_run_scope on bulk_run using ((select scope('kind')) = 'system' or staff_id = (select scope_id('staff')));
grant select, insert, delete on bulk_run to qifu_app;
grant usage on all sequences in schema public to qifu_app;

-- The others of one's own office. Accounts are nobody's to read otherwise.
create function colleagues() returns table (id bigint, name text) language sql stable security definer set search_path = public, pg_temp as $$
    select s.id, s.name from staff s
    where s.active and s.id <> scope_id('staff') and office_of(s.role, s.area, s.department_id, s.station_id) = office()
        and scope('kind') not in ('administrator', 'policy_editor') order by s.name, s.id
$$;

-- One stands in for one at a time, and is there itself; answers null where that is not so.
create function put_substitution(colleague bigint, first_day date, last_day date, why text, now_at timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    me bigint := scope_id('staff');
    own text := office();
    made bigint;
    said text := to_char(first_day, 'MM-DD') || ' 至 ' || to_char(last_day, 'MM-DD');
begin
    if me is null or not exists (select from colleagues() c where c.id = colleague) then
        raise exception 'no colleague' using errcode = 'insufficient_privilege';
    end if;
    perform pg_advisory_xact_lock(hashtextextended(own, 56));
    if exists (select from substitution s where s.ended_at is null and s.from_day <= last_day and s.to_day >= first_day
        and (s.absent_id in (me, colleague) or s.substitute_id = me)) then
        return null;
    end if;
    insert into substitution (office, absent_id, absent_name, substitute_id, substitute_name, from_day, to_day, reason, created_at)
    select own, me, a.name, colleague, b.name, first_day, last_day, why, now_at from staff a, staff b where a.id = me and b.id = colleague
    returning id into made;
    insert into message (staff_id, number, kind, link, title, body, created_at)
    select colleague, '', 'substitution', '/desk/mine', '请您代班：' || a.name, a.name || ' ' || said || ' 不在岗，由您代班。' || why, now_at
    from staff a where a.id = me;
    return made;
end
$$;

-- Gives an issue to a colleague, or back to the whole office; what was said is an internal note.
create function pass_issue(target bigint, colleague bigint, said text, now_at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    me bigint := scope_id('staff');
    mine text;
    theirs text;
    i issue;
begin
    select * into i from issue x where x.id = target;
    if scope('kind') not in ('handler', 'centre') or not found
        or not may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co, false)
        or colleague is not null and colleague <> me and not exists (select from colleagues() c where c.id = colleague) then
        raise exception 'not to be passed' using errcode = 'insufficient_privilege';
    end if;
    select s.name into mine from staff s where s.id = me;
    select s.name into theirs from staff s where s.id = colleague;
    if colleague is null then
        delete from issue_assignment a where a.issue_id = target and a.office = office();
    else
        insert into issue_assignment (issue_id, office, staff_id, staff_name, at) values (target, office(), colleague, theirs, now_at)
        on conflict (issue_id, office) do update set staff_id = excluded.staff_id, staff_name = excluded.staff_name, at = excluded.at;
    end if;
    insert into issue_note (issue_id, staff_id, author, body, created_at) values (target, me, mine,
        left(case when colleague is null then '取消经办人' when colleague = me then '由本人经办' else '转办给 ' || theirs end
            || case when said = '' then '' else '：' || said end, 1000), now_at);
    if colleague <> me then
        insert into message (staff_id, enterprise_id, issue_id, number, kind, title, body, created_at)
        values (colleague, i.enterprise_id, target, i.number, 'passed', '转办给您：' || i.title, mine || ' 转来' || i.number || '。' || said, now_at);
    end if;
end
$$;
