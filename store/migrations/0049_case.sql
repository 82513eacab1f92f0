-- 典型案例 (S-11): what was solved for one enterprise, told to all without saying whose it was. Everybody reads what is published; which issue it
-- came from, only the centres do (typical_case_source).
create table typical_case (
    id bigint generated always as identity constraint typical_case_pkey primary key,
    title text not null,
    problem text not null,
    answer text not null,
    rule text not null,
    category text not null,
    area integer not null,
    department_id bigint constraint typical_case_department_fkey references department,
    -- When the problem was filed, was answered, and the case was told.
    requested_at timestamptz not null,
    closed_at timestamptz not null,
    published_at timestamptz not null,
    published_by bigint constraint typical_case_published_by_fkey references staff,
    withdrawn_at timestamptz,
    withdrawn_by bigint constraint typical_case_withdrawn_by_fkey references staff
);
comment on table typical_case is '典型案例: solved once, told to all, nobody named';
create index typical_case_requested on typical_case (requested_at desc) where withdrawn_at is null;
alter table typical_case enable row level security;
create policy typical_case_read on typical_case for select
    using (withdrawn_at is null or (select scope('kind')) in ('centre', 'system'));
create policy typical_case_insert on typical_case for insert with check ((select scope('kind')) = 'system'
    or (select scope('kind')) = 'centre' and area_covers((select scope_id('area'))::integer, area) and published_by = (select scope_id('staff')));
create policy typical_case_update on typical_case for update using ((select scope('kind')) = 'system'
    or (select scope('kind')) = 'centre' and area_covers((select scope_id('area'))::integer, area));
grant select, insert on typical_case to qifu_app;
grant update (withdrawn_at, withdrawn_by) on typical_case to qifu_app;

create table typical_case_source (
    case_id bigint constraint typical_case_source_pkey primary key constraint typical_case_source_case_fkey references typical_case,
    issue_id bigint not null constraint typical_case_source_issue_fkey references issue
);
create index typical_case_source_issue on typical_case_source (issue_id);
comment on table typical_case_source is 'Which issue a case was written from';
alter table typical_case_source enable row level security;
create policy typical_case_source_scope on typical_case_source using ((select scope('kind')) = 'system'
    or (select scope('kind')) = 'centre' and exists (select from issue i where i.id = issue_id));
grant select, insert on typical_case_source to qifu_app;
