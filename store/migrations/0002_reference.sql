-- Reference data: areas, departments, stations, days. Everybody reads it; only the system writes it. Names follow the glossary of
-- docs/ARCHITECTURE.md.

create table area (
    code integer constraint area_pkey primary key,
    name text not null,
    short text not null
);
comment on table area is '行政区划: the city and its districts (S-2)';

create table department (
    id bigint generated always as identity constraint department_pkey primary key,
    code text not null constraint department_code_key unique,
    name text not null,
    area integer not null constraint department_area_fkey references area,
    -- Without people on site, the lead department of the board accepts for it (S-4).
    on_site boolean not null
);
comment on table department is '部门 (S-4)';

create table station (
    id bigint generated always as identity constraint station_pkey primary key,
    code text not null constraint station_code_key unique,
    name text not null,
    area integer not null constraint station_area_fkey references area,
    address text not null,
    phone text not null,
    contact_name text not null
);
comment on table station is '企服驿站 (S-3)';

create table calendar_day (
    day date constraint calendar_day_pkey primary key,
    working boolean not null,
    note text not null default ''
);
comment on table calendar_day is 'Holidays and make-up days beyond those built in; read at start and once a minute';

alter table area enable row level security;
create policy area_read on area for select using (true);
create policy area_write on area using ((select scope('kind')) = 'system');
alter table department enable row level security;
create policy department_read on department for select using (true);
create policy department_write on department using ((select scope('kind')) = 'system');
alter table station enable row level security;
create policy station_read on station for select using (true);
create policy station_write on station using ((select scope('kind')) = 'system');
alter table calendar_day enable row level security;
create policy calendar_day_read on calendar_day for select using (true);
create policy calendar_day_write on calendar_day using ((select scope('kind')) = 'system');
grant select, insert, update on area, department, station, calendar_day to qifu_app;
grant usage on all sequences in schema public to qifu_app;
