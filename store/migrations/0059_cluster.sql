-- 共性问题 (S-11): issues of several enterprises that are answered together, each by an answer of its own. No enterprise sees any of this.
create table cluster (
    id bigint generated always as identity constraint cluster_pkey primary key,
    title text not null constraint cluster_title_check check (length(title) between 4 and 60),
    -- Whose centre put it together.
    area integer not null constraint cluster_area_fkey references area,
    -- Who answers; none until it was dispatched.
    department_id bigint constraint cluster_department_fkey references department,
    created_at timestamptz not null,
    created_by bigint not null constraint cluster_created_by_fkey references staff,
    answered_at timestamptz,
    answered_by text,
    case_id bigint constraint cluster_case_fkey references typical_case
);
create index cluster_created_idx on cluster (created_at desc);
create index cluster_department_idx on cluster (department_id, created_at desc);
comment on table cluster is '共性问题: put together by a centre, answered by a department, told as a typical case';
alter table cluster enable row level security;
create policy cluster_scope on cluster using ((select scope('kind')) = 'system'
    or (select scope('kind')) = 'centre' and area_covers((select scope_id('area'))::integer, area)
    or (select scope('kind')) = 'handler' and department_id = (select scope_id('department')));
create policy cluster_insert on cluster as restrictive for insert with check ((select scope('kind')) = 'system'
    or (select scope('kind')) = 'centre' and created_by = (select scope_id('staff')));
grant select, insert on cluster to qifu_app;
grant update (department_id, answered_at, answered_by, case_id) on cluster to qifu_app;

create table cluster_issue (
    cluster_id bigint not null constraint cluster_issue_cluster_fkey references cluster,
    issue_id bigint not null constraint cluster_issue_issue_fkey references issue,
    -- 相似度, 0 to 100, to the first one.
    score smallint not null,
    -- What became of it with the latest step that was taken together.
    done boolean,
    said text not null default '',
    constraint cluster_issue_pkey primary key (cluster_id, issue_id)
);
create index cluster_issue_issue_idx on cluster_issue (issue_id);
comment on table cluster_issue is 'Issues of a cluster, with how alike they are';
alter table cluster_issue enable row level security;
create policy cluster_issue_scope on cluster_issue using ((select scope('kind')) = 'system'
    or (select scope('kind')) in ('centre', 'handler') and exists (select from cluster c where c.id = cluster_id)
        and exists (select from issue i where i.id = issue_id));
create policy cluster_issue_insert on cluster_issue as restrictive for insert
    with check ((select scope('kind')) in ('centre', 'system'));
grant select, insert on cluster_issue to qifu_app;
grant update (done, said) on cluster_issue to qifu_app;
grant usage on all sequences in schema public to qifu_app;
