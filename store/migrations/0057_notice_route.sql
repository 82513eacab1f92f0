-- Notifications by a routing table: which step is told to whom by which channel, where staff and members want to be reached, and what became of
-- each text message and mail.
create table notice_route (
    step text not null,
    audience text not null,
    channel text not null constraint notice_route_channel_check check (channel in ('app', 'sms', 'mail')),
    told boolean not null,
    changed_at timestamptz not null,
    changed_by text not null,
    constraint notice_route_pkey primary key (step, audience, channel)
);
comment on table notice_route is '通知方式: what the city wrote; what it did not is in domain::issue::channel';
alter table notice_route enable row level security;
create policy notice_route_read on notice_route for select using ((select scope('kind')) in ('system', 'administrator'));
create policy notice_route_insert on notice_route for insert
    with check ((select scope('kind')) = 'system' or (select scope('kind')) = 'administrator' and (select scope_id('area')) = 330500);
create policy notice_route_update on notice_route for update
    using ((select scope('kind')) = 'system' or (select scope('kind')) = 'administrator' and (select scope_id('area')) = 330500);
grant select, insert, update on notice_route to qifu_app;

create table notice_address (
    id bigint generated always as identity constraint notice_address_pkey primary key,
    person_id bigint constraint notice_address_person_key unique constraint notice_address_person_fkey references person on delete cascade,
    staff_id bigint constraint notice_address_staff_key unique constraint notice_address_staff_fkey references staff on delete cascade,
    -- Empty: not wanted. A member's telephone is the one it signs in with.
    mobile text not null default '',
    mail text not null default '',
    changed_at timestamptz not null,
    constraint notice_address_who_check check ((person_id is null) <> (staff_id is null))
);
comment on table notice_address is 'Where somebody wants to be reached besides the messages here';
alter table notice_address enable row level security;
create policy notice_address_scope on notice_address using (case (select scope('kind')) when 'system' then true
    when 'member' then person_id = (select scope_id('person')) else staff_id = (select scope_id('staff')) end);
grant select, insert, update, delete on notice_address to qifu_app;

-- Of a person that is forgotten, the address too (domain::retention).
create function forget_address() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from notice_address where person_id = new.id;
    return new;
end
$$;
create trigger person_forgets_address after update of phone on person for each row when (new.phone like 'gone-%')
    execute function forget_address();

create table notice_delivery (
    id bigint generated always as identity constraint notice_delivery_pkey primary key,
    at timestamptz not null,
    issue_id bigint not null,
    number text not null,
    -- Whose administrators see it.
    area integer not null,
    step text not null,
    audience text not null,
    channel text not null,
    person_id bigint,
    staff_id bigint,
    -- Masked.
    address text not null,
    state text not null constraint notice_delivery_state_check check (state in ('waiting', 'sent', 'failed', 'dead', 'again', 'off')),
    attempts integer not null default 0,
    error text not null default '',
    -- Not before: by night nothing rings.
    due_at timestamptz not null,
    done_at timestamptz
);
create index notice_delivery_at_idx on notice_delivery (at desc, id desc);
create index notice_delivery_again_idx on notice_delivery (id) where state = 'again';
create index notice_delivery_dead_idx on notice_delivery (at desc, id desc) where state in ('failed', 'dead');
comment on table notice_delivery is '发送记录: what became of each text message and mail; kept for half a year';
alter table notice_delivery enable row level security;
create policy notice_delivery_scope on notice_delivery using ((select scope('kind')) = 'system'
    or (select scope('kind')) = 'administrator' and area_covers((select scope_id('area'))::integer, area));
create policy notice_delivery_insert on notice_delivery as restrictive for insert with check ((select scope('kind')) = 'system');
create policy notice_delivery_delete on notice_delivery as restrictive for delete using ((select scope('kind')) = 'system');
grant select, insert, update, delete on notice_delivery to qifu_app;
grant usage on all sequences in schema public to qifu_app;
