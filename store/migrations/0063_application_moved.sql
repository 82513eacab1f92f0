-- Open pages of applications hear that something moved. The outbox worker says so (NOTIFY takes a lock of the whole database at commit): a
-- command leaves a line here, whoever gave it.
create table application_moved (
    id bigint generated always as identity constraint application_moved_pkey primary key,
    application_id bigint not null constraint application_moved_application_fkey references application
);
comment on table application_moved is 'Applications that moved, until the outbox worker has told those who look at them';
alter table application_moved enable row level security;
create policy application_moved_scope on application_moved using ((select scope('kind')) = 'system');
grant select, delete on application_moved to qifu_app;

create function note_application_moved() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into application_moved (application_id) values (new.id);
    return null;
end
$$;
create trigger application_moved after update on application for each row when (old.seq <> new.seq)
    execute function note_application_moved();
