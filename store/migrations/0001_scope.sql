-- Who is asked for, and the one role that serves.
--
-- Two roles: the owner of these tables migrates; `qifu_app` serves. The app's role owns nothing, so that row-level security
-- holds for it (S-1 to S-4: who may see what follows from area, department and enterprise). It is the second wall; the first is
-- in the application, which authorises before it asks.
do $$
begin
    create role qifu_app nologin;
exception
    -- Roles belong to the cluster: another database of it may have made the role already, or is making it right now.
    when duplicate_object or unique_violation then null;
end
$$;
grant usage on schema public to qifu_app;

-- The scope of a connection lies in settings of its own. `open_session` is the only way a request gets one: it finds the session by
-- the hash of its token and sets the scope in the same round trip. Whoever takes a connection from the pool sets or clears it
-- first (store::Store). Every policy reads it through a sub-select, which PostgreSQL evaluates once per statement.
create function scope(name text) returns text language sql stable parallel safe as $$
    select nullif(current_setting('qifu.' || name, true), '')
$$;
create function scope_id(name text) returns bigint language sql stable parallel safe as $$
    select nullif(current_setting('qifu.' || name, true), '')::bigint
$$;

-- PL/pgSQL and not SQL: its one statement is planned once for as long as the connection lives, and every page calls it.
create function set_scope(kind text, person bigint, enterprise bigint, staff bigint, area integer, department bigint, station bigint)
returns void language plpgsql as $$
begin
    perform set_config('qifu.kind', coalesce(kind, ''), false), set_config('qifu.person', coalesce(person::text, ''), false),
        set_config('qifu.enterprise', coalesce(enterprise::text, ''), false), set_config('qifu.staff', coalesce(staff::text, ''), false),
        set_config('qifu.area', coalesce(area::text, ''), false), set_config('qifu.department', coalesce(department::text, ''), false),
        set_config('qifu.station', coalesce(station::text, ''), false);
end
$$;

-- For tables that only grow.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end
$$;
