-- Six indicators (S-10): what each issue says of them, a row each, written in the transaction of every command (domain::issue::measure). What is
-- asked is counted from these rows, so a figure and the list behind it cannot differ.
create table issue_measure (
    issue_id bigint constraint issue_measure_pkey primary key constraint issue_measure_issue_fkey references issue,
    area integer not null,
    board text not null,
    department_id bigint,
    due_at timestamptz not null,
    answered_at timestamptz,
    contacted boolean not null default false,
    on_time boolean not null default false,
    solved boolean,
    content boolean,
    closed boolean not null default false,
    once boolean not null default false,
    called_back boolean not null default false,
    passed boolean not null default false,
    returned boolean not null default false,
    extended boolean not null default false,
    withdrawn boolean not null default false,
    disagreed boolean not null default false,
    excluded boolean not null default false
);
comment on table issue_measure is 'What each issue says of the six indicators';
-- A period is read from the index alone.
create index issue_measure_due on issue_measure (due_at) include (area, board, department_id, answered_at, contacted, on_time, solved, content,
    closed, once, called_back, passed, returned, extended, withdrawn, disagreed, excluded);
alter table issue_measure enable row level security;
create policy issue_measure_scope on issue_measure for select using ((select scope('kind')) = 'system'
    or (select scope('kind')) in ('centre', 'leader', 'supervisor')
        and (((select scope_id('area')) % 100 = 0) or area = (select scope_id('area'))::integer)
    or (select scope('kind')) = 'handler' and department_id = (select scope_id('department')));
grant select on issue_measure to qifu_app;

-- A filing has everything still before it.
create function begin_measure() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into issue_measure (issue_id, area, board, due_at) values (new.id, new.area, new.board, new.due_at) on conflict do nothing;
    return null;
end
$$;
create trigger issue_measured after insert on issue for each row when (new.due_at is not null) execute function begin_measure();

-- What an issue says after a command: by whoever has just written an event of it, in the same transaction, or by the system.
create function put_measure(target bigint, measure jsonb) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if scope('kind') is distinct from 'system'
        and not exists (select from issue_event where issue_id = target and xmin = pg_current_xact_id()::xid)
    then
        raise exception 'issue % has no new event', target using errcode = 'insufficient_privilege';
    end if;
    insert into issue_measure as m select r.* from jsonb_populate_record(null::issue_measure, measure || jsonb_build_object('issue_id', target)) r
    on conflict (issue_id) do update set area = excluded.area, board = excluded.board, department_id = excluded.department_id,
        due_at = excluded.due_at, answered_at = excluded.answered_at, contacted = excluded.contacted, on_time = excluded.on_time,
        solved = excluded.solved, content = excluded.content, closed = excluded.closed, once = excluded.once,
        called_back = excluded.called_back, passed = excluded.passed, returned = excluded.returned, extended = excluded.extended,
        withdrawn = excluded.withdrawn, disagreed = excluded.disagreed, excluded = excluded.excluded;
end
$$;
