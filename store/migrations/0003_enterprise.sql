-- Enterprises and the people who sign in for them.

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

-- The enterprises of an area: station staff look up the member beside them (代办). Definer's rights: the policies of membership and
-- enterprise would otherwise ask each other in a circle.
create function area_enterprises(code integer) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select id from enterprise where area = code
$$;

-- The caller's own policy on issue, asked once for an enterprise. Written out in the policy below it would be expanded, thirteen
-- sub-selects each, in every list that names an enterprise, and planning took longer than the list. The cost keeps the planner from
-- asking it for every enterprise there is.
create function reads_issue_of(enterprise bigint) returns boolean language plpgsql stable cost 2000 as $$
begin
    return exists (select from issue i where i.enterprise_id = enterprise);
end
$$;

alter table enterprise enable row level security;
-- An enterprise may file outside the area it is registered in, and move: whoever reads an issue reads whose it is. Otherwise lists
-- that join the enterprise would lose rows that the counts have. Whoever reads no issues (policy editor, administrator, no scope)
-- gets none from the last line either.
create policy enterprise_scope on enterprise using (
    case (select scope('kind'))
        when 'system' then true
        when 'member' then id = (select scope_id('enterprise'))
            or id in (select m.enterprise_id from membership m where m.person_id = (select scope_id('person')))
        else (select coalesce(scope('kind') in ('centre', 'leader') and scope_id('area') % 100 = 0, false))
            or area = (select case when scope('kind') in ('station', 'centre', 'leader') then scope_id('area') end)
            or reads_issue_of(id)
    end
);
create policy enterprise_of_editors on enterprise for select using (
    (select scope('kind')) = 'policy_editor' and ((select scope_id('area') % 100 = 0) or area = (select scope_id('area')))
);
alter table membership enable row level security;
create policy membership_scope on membership using (
    case (select scope('kind'))
        when 'member' then person_id = (select scope_id('person')) or enterprise_id = (select scope_id('enterprise'))
        when 'station' then enterprise_id in (select area_enterprises((select scope_id('area'))::integer))
        when 'system' then true
        else false
    end
);
alter table person enable row level security;
create policy person_scope on person using (
    case (select scope('kind'))
        when 'member' then id = (select scope_id('person')) or id in (select m.person_id from membership m where m.enterprise_id = (select scope_id('enterprise')))
        when 'station' then id in (select m.person_id from membership m)
        when 'system' then true
        else false
    end
);

-- Made and changed by the system alone: sign-in, imports, the command line. Restrictive policies are asked besides the ones above:
-- who sees a row may not change it, and no member puts itself into an enterprise.
create policy enterprise_insert on enterprise as restrictive for insert with check ((select scope('kind')) = 'system');
create policy enterprise_update on enterprise as restrictive for update using ((select scope('kind')) = 'system');
create policy membership_insert on membership as restrictive for insert with check ((select scope('kind')) = 'system');
create policy membership_update on membership as restrictive for update using ((select scope('kind')) = 'system');
create policy membership_delete on membership as restrictive for delete using ((select scope('kind')) = 'system');
create policy person_insert on person as restrictive for insert with check ((select scope('kind')) = 'system');
create policy person_update on person as restrictive for update using ((select scope('kind')) = 'system');

grant select, insert, update on enterprise, person, membership to qifu_app;
grant delete on membership to qifu_app;
grant usage on all sequences in schema public to qifu_app;
