-- Every page sets a scope first. As an SQL function its one statement was parsed and planned anew at each call, which was two fifths
-- of what opening a session cost; PL/pgSQL keeps the plan for as long as the connection lives. It does the same as before.
create or replace function set_scope(kind text, person bigint, enterprise bigint, staff bigint, area integer, department bigint, station bigint)
returns void language plpgsql as $$
begin
    perform set_config('qifu.kind', coalesce(kind, ''), false), set_config('qifu.person', coalesce(person::text, ''), false),
        set_config('qifu.enterprise', coalesce(enterprise::text, ''), false), set_config('qifu.staff', coalesce(staff::text, ''), false),
        set_config('qifu.area', coalesce(area::text, ''), false), set_config('qifu.department', coalesce(department::text, ''), false),
        set_config('qifu.station', coalesce(station::text, ''), false);
end
$$;
