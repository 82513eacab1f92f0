-- 工作指标 (S-29): what administrators enter of a month for a district or a department, where the system knows nothing of it. A line a figure; of two for
-- one thing the later one holds. Who entered it and why stands in `setting_change`.
create table work_figure (
    id bigint generated always as identity constraint work_figure_pkey primary key,
    month date not null constraint work_figure_month_check check (extract(day from month) = 1),
    -- Of a department: the area that it belongs to.
    area integer not null constraint work_figure_area_fkey references area,
    -- None: of the area itself.
    department_id bigint constraint work_figure_department_fkey references department,
    -- `domain::work_indicator::WorkIndicator::code`.
    indicator text not null constraint work_figure_indicator_check check (indicator ~ '^[a-z][a-z_]{1,39}$'),
    value bigint not null constraint work_figure_value_check check (value between 0 and 1000000),
    -- Who, and why: nothing is entered without.
    change_id bigint not null constraint work_figure_change_fkey references setting_change
);
comment on table work_figure is '工作指标 as administrators enter them by month (S-29)';
create index work_figure_month_idx on work_figure (month);
create trigger work_figure_append_only before update or delete on work_figure for each row execute function refuse_change();
create trigger work_figure_no_truncate before truncate on work_figure for each statement execute function refuse_change();

alter table work_figure enable row level security;
-- Before a month is settled: whoever looks on or rules, and whoever enters them. Departments are told when it is published.
create policy work_figure_read on work_figure for select using (
    (select scope('kind')) in ('system', 'centre', 'leader', 'supervisor') or administers(area));
create policy work_figure_insert on work_figure for insert with check ((select scope('kind')) = 'system'
    or administers(area) and (department_id is null
        or exists (select from department d where d.id = department_id and d.area = work_figure.area)));
grant select, insert on work_figure to qifu_app;
grant usage on all sequences in schema public to qifu_app;

-- A settled month keeps them beside the six: `work`, with `area:330502` or `department:12` as its key. What was allowed before is allowed still.
alter table indicator_snapshot drop constraint indicator_snapshot_kind_check;
alter table indicator_snapshot add constraint indicator_snapshot_kind_check
    check (kind in ('city', 'area', 'board', 'department', 'work')) not valid;
-- 晾晒: a month that is settled is published to those who are measured by it, each beside the others.
drop policy indicator_snapshot_read on indicator_snapshot;
create policy indicator_snapshot_read on indicator_snapshot for select using (
    (select scope('kind')) in ('system', 'centre', 'leader', 'supervisor', 'handler'));
