-- Common problems that a worker found (S-11): each morning once for each centre, whichever server is first. An issue is found once by a centre, so that
-- nobody is told of the same group twice.
create table cluster_day (
    day date not null,
    -- Whose centre.
    area integer not null constraint cluster_day_area_fkey references area,
    -- Groups that were new.
    found integer not null,
    looked_at timestamptz not null,
    constraint cluster_day_pkey primary key (area, day)
);
comment on table cluster_day is 'Mornings on which a worker looked for common problems';
alter table cluster_day enable row level security;
create policy cluster_day_read on cluster_day for select using ((select scope('kind')) = 'system'
    or (select scope('kind')) = 'centre' and area = (select scope_id('area')));
create policy cluster_day_insert on cluster_day for insert with check ((select scope('kind')) = 'system');
create policy cluster_day_update on cluster_day for update using ((select scope('kind')) = 'system');
create policy cluster_day_delete on cluster_day for delete using ((select scope('kind')) = 'system');
grant select, insert, delete, update (found) on cluster_day to qifu_app;

create table cluster_found (
    area integer not null constraint cluster_found_area_fkey references area,
    issue_id bigint not null,
    -- The issue that the group is known by; its own for that one.
    first_issue bigint not null,
    -- 相似度, 0 to 100, to the first one.
    score smallint not null,
    found_at timestamptz not null,
    constraint cluster_found_pkey primary key (area, issue_id)
);
comment on table cluster_found is 'Issues that a worker found to resemble one another, by the centre that was told';
alter table cluster_found enable row level security;
create policy cluster_found_read on cluster_found for select using ((select scope('kind')) = 'system'
    or (select scope('kind')) = 'centre' and area = (select scope_id('area')));
create policy cluster_found_insert on cluster_found for insert with check ((select scope('kind')) = 'system');
create policy cluster_found_delete on cluster_found for delete using ((select scope('kind')) = 'system');
grant select, insert, delete on cluster_found to qifu_app;
