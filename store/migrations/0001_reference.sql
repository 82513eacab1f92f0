-- Reference data and people. Names follow the glossary of docs/ARCHITECTURE.md.
--
-- Two roles: the owner of these tables migrates; `qifu_app` serves. The app's role owns nothing, so that row-level security
-- holds for it (S-1 to S-4: who may see what follows from area, department and enterprise).
do $$
begin
    create role qifu_app nologin;
exception
    -- Roles belong to the cluster: another database of it may have made the role already, or is making it right now.
    when duplicate_object or unique_violation then null;
end
$$;

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

create table enterprise (
    id bigint generated always as identity constraint enterprise_pkey primary key,
    uscc text not null constraint enterprise_uscc_key unique constraint enterprise_uscc_check check (uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
    name text not null constraint enterprise_name_check check (char_length(name) between 2 and 100),
    area integer not null constraint enterprise_area_fkey references area,
    address text not null default '',
    industry text not null default '',
    scale text not null,
    class text not null,
    station_id bigint constraint enterprise_station_fkey references station,
    tags text[] not null default '{}',
    created_at timestamptz not null
);
create index enterprise_area_idx on enterprise (area);
create index enterprise_station_idx on enterprise (station_id);
comment on table enterprise is '企业, identified by its 统一社会信用代码 (GB 32100-2015)';

create table person (
    id bigint generated always as identity constraint person_pkey primary key,
    phone text not null constraint person_phone_key unique,
    name text not null,
    created_at timestamptz not null
);
comment on table person is '联系人/经办人: signs in with a mobile number';

create table membership (
    person_id bigint not null constraint membership_person_fkey references person on delete cascade,
    enterprise_id bigint not null constraint membership_enterprise_fkey references enterprise on delete cascade,
    role text not null constraint membership_role_check check (role in ('owner', 'agent')),
    constraint membership_pkey primary key (person_id, enterprise_id)
);
create index membership_enterprise_idx on membership (enterprise_id);

create table staff (
    id bigint generated always as identity constraint staff_pkey primary key,
    login text not null constraint staff_login_key unique,
    name text not null,
    role text not null constraint staff_role_check check (role in
        ('station', 'centre', 'handler', 'supervisor', 'leader', 'policy_editor', 'administrator')),
    area integer constraint staff_area_fkey references area,
    department_id bigint constraint staff_department_fkey references department,
    station_id bigint constraint staff_station_fkey references station,
    -- argon2id in PHC form.
    password_hash text not null,
    must_change_password boolean not null default true,
    failed_count integer not null default 0,
    locked_until timestamptz,
    active boolean not null default true,
    created_at timestamptz not null,
    -- A role without its scope would see everything or nothing.
    constraint staff_scope_check check (case role
        when 'station' then station_id is not null and area is not null
        when 'handler' then department_id is not null
        when 'administrator' then true
        else area is not null end)
);
create index staff_department_idx on staff (department_id) where active;
create index staff_area_idx on staff (area) where active and role = 'centre';

create table session (
    -- SHA-256 of the token; the token itself is only in the cookie.
    token_hash bytea constraint session_pkey primary key,
    person_id bigint constraint session_person_fkey references person on delete cascade,
    enterprise_id bigint,
    staff_id bigint constraint session_staff_fkey references staff on delete cascade,
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null,
    user_agent text not null default '',
    constraint session_who_check check ((person_id is null) <> (staff_id is null)),
    -- Whoever leaves an enterprise leaves its space in the same moment.
    constraint session_membership_fkey foreign key (person_id, enterprise_id) references membership (person_id, enterprise_id)
        on delete set null (enterprise_id)
);
create index session_person_idx on session (person_id);
create index session_staff_idx on session (staff_id);
create index session_expiry_idx on session (expires_at);

create table login_code (
    phone text constraint login_code_pkey primary key,
    code_hash bytea not null,
    expires_at timestamptz not null,
    attempts integer not null default 0
);
comment on table login_code is 'The one-time code last sent to a phone; used once, five attempts';

create table rate_limit (
    key text constraint rate_limit_pkey primary key,
    window_start timestamptz not null,
    count integer not null
);
comment on table rate_limit is 'Counters shared by all servers';
