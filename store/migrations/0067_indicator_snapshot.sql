-- 晾晒通报 (S-29): what the six indicators said of a month when it was settled. Later events move the figures of today, not these.
create table indicator_snapshot (
    month date not null constraint indicator_snapshot_month_check check (extract(day from month) = 1),
    -- city: everything; area, board, department: of one of them.
    kind text not null constraint indicator_snapshot_kind_check check (kind in ('city', 'area', 'board', 'department')),
    -- Code or id; empty for the city.
    key text not null,
    counts jsonb not null,
    settled_at timestamptz not null,
    constraint indicator_snapshot_pkey primary key (month, kind, key)
);
comment on table indicator_snapshot is 'The six indicators of a month as they were settled; never changed';
create trigger indicator_snapshot_append_only before update or delete or truncate on indicator_snapshot
    for each statement execute function refuse_change();

alter table indicator_snapshot enable row level security;
-- Results are published (S-29): whoever looks on or rules reads them all, a department its own and the whole.
create policy indicator_snapshot_read on indicator_snapshot for select using (
    (select scope('kind')) in ('system', 'centre', 'leader', 'supervisor')
    or (select scope('kind')) = 'handler' and (kind = 'city' or kind = 'department' and key = (select scope_id('department'))::text));
create policy indicator_snapshot_settle on indicator_snapshot for insert with check ((select scope('kind')) = 'system');
grant select, insert on indicator_snapshot to qifu_app;
