-- What an administrator keeps: who changed what of the city's settings, when, why, and from which day it holds.

-- The log. Only grows; what waits for its day is in `setting_due`.
create table setting_change (
    id bigint generated always as identity constraint setting_change_pkey primary key,
    at timestamptz not null,
    -- Whose session it was, as the connection knows; nobody's at the command line.
    staff_id bigint default scope_id('staff') constraint setting_change_staff_fkey references staff,
    -- The name as it was then; at the command line, who says to be there.
    who text not null constraint setting_change_who_check check (who <> ''),
    -- Whose administrators see it. No reference: a change may name an area before it is there.
    area integer not null,
    -- What kind of thing (`domain::administration::Kind`), and which one.
    kind text not null constraint setting_change_kind_check check (kind ~ '^[a-z][a-z_]{1,39}$'),
    key text not null constraint setting_change_key_check check (char_length(key) between 1 and 200),
    -- The thing as it was and as it shall be: none before it is added, none after it is taken away.
    before jsonb,
    after jsonb,
    why text not null constraint setting_change_why_check check (char_length(why) between 2 and 500),
    -- The city's day.
    effective_from date not null,
    constraint setting_change_differs_check check (before is distinct from after)
);
comment on table setting_change is 'Changes of settings (设置变更记录): who, what, why, from which day';
create index setting_change_area_idx on setting_change (area, id desc);
create index setting_change_key_idx on setting_change (kind, key, id desc);
create trigger setting_change_append_only before update or delete on setting_change for each row execute function refuse_change();
create trigger setting_change_no_truncate before truncate on setting_change for each statement execute function refuse_change();

-- Whether this session administers an area: the city's administrator every one of the city, a district's its own.
create function administers(code integer) returns boolean language sql stable parallel safe as $$
    select coalesce(scope('kind') = 'administrator'
        and (scope_id('area') = code or (scope_id('area') % 100 = 0 and scope_id('area') / 100 = code / 100)), false)
$$;

alter table setting_change enable row level security;
create policy setting_change_read on setting_change for select using ((select scope('kind')) = 'system' or administers(area));
-- In one's own name only.
create policy setting_change_insert on setting_change for insert with check (
    (select scope('kind')) = 'system' or (administers(area) and staff_id = (select scope_id('staff'))));
grant select, insert on setting_change to qifu_app;

-- Changes that wait for their day, one at a time for a thing. Any server applies what is due.
create table setting_due (
    change_id bigint constraint setting_due_pkey primary key constraint setting_due_change_fkey references setting_change,
    area integer not null,
    kind text not null,
    key text not null,
    effective_from date not null,
    -- How it ended: it took effect, it was taken back, or something stood against it that day.
    outcome text constraint setting_due_outcome_check check (outcome in ('applied', 'withdrawn', 'refused')),
    -- Why it was taken back, or the constraint that stood against it.
    note text not null default '',
    ended_at timestamptz,
    ended_by bigint constraint setting_due_ended_by_fkey references staff,
    ended_who text not null default '',
    constraint setting_due_end_check check ((outcome is null) = (ended_at is null))
);
comment on table setting_due is 'Changes of settings that wait for their day (待生效)';
create unique index setting_due_open_key on setting_due (kind, key) where outcome is null;
create index setting_due_day_idx on setting_due (effective_from) where outcome is null;

-- A plan is not rewritten: it ends, once.
create function keep_due() returns trigger language plpgsql as $$
begin
    if old.outcome is not null or (new.change_id, new.area, new.kind, new.key, new.effective_from)
        is distinct from (old.change_id, old.area, old.kind, old.key, old.effective_from)
    then
        raise exception 'a planned change ends once and stays as it was planned' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger setting_due_keep before update on setting_due for each row execute function keep_due();
create trigger setting_due_no_delete before delete on setting_due for each row execute function refuse_change();
create trigger setting_due_no_truncate before truncate on setting_due for each statement execute function refuse_change();

alter table setting_due enable row level security;
create policy setting_due_scope on setting_due using ((select scope('kind')) = 'system' or administers(area));
-- A session plans and takes back, in its own name; that a day has come, the system says.
create policy setting_due_plan on setting_due as restrictive for insert with check (outcome is null);
create policy setting_due_end on setting_due as restrictive for update using (true) with check (
    (select scope('kind')) = 'system' or (outcome = 'withdrawn' and ended_by = (select scope_id('staff'))));
grant select, insert, update on setting_due to qifu_app;

-- 赋权 (S-4): whether the power to accept is with the centre. What is referred to is closed, never removed.
alter table department add column delegated boolean not null default true, add column active boolean not null default true;
update department set delegated = on_site;
create unique index department_name_key on department (area, name);
alter table station add column active boolean not null default true;
create unique index station_name_key on station (area, name);
create unique index area_name_key on area (name);

-- Areas are the city's to keep; departments and stations those of the area's administrator, too.
drop policy area_write on area;
create policy area_write on area using (
    (select scope('kind')) = 'system' or (administers(code) and (select scope_id('area') % 100 = 0)));
drop policy department_write on department;
create policy department_write on department using ((select scope('kind')) = 'system' or administers(area));
drop policy station_write on station;
create policy station_write on station using ((select scope('kind')) = 'system' or administers(area));

grant usage on all sequences in schema public to qifu_app;
