-- Applications (S-24, S-25): from match to money.

create sequence application_number_seq;
create table application (
    id bigint generated always as identity constraint application_pkey primary key,
    number text not null constraint application_number_key unique,
    client_key uuid not null,
    enterprise_id bigint not null constraint application_enterprise_fkey references enterprise,
    -- As they were: whoever reviews it need not see the enterprise otherwise.
    enterprise_name text not null,
    uscc text not null,
    area integer not null,
    item_id bigint not null,
    version integer not null,
    title text not null,
    mode text not null,
    item_area integer not null,
    department_id bigint,
    -- What the amount was computed on, and as of when; it can be computed again from here.
    facts jsonb not null,
    as_of date not null,
    amount bigint not null,
    approved_amount bigint,
    paid_amount bigint,
    state text not null,
    seq integer not null,
    contact_name text not null,
    contact_phone text not null,
    note text not null default '',
    person_id bigint not null constraint application_person_fkey references person,
    submitted_at timestamptz not null,
    state_at timestamptz not null,
    notice_until date,
    reason text not null default '',
    rating smallint constraint application_rating_check check (rating between 1 and 5),
    rating_comment text not null default '',
    rated_at timestamptz,
    constraint application_version_fkey foreign key (item_id, version) references policy_version (item_id, version),
    constraint application_client_key unique (enterprise_id, client_key)
);
create unique index application_open_key on application (enterprise_id, item_id) where state not in ('paid', 'rejected', 'withdrawn');
create index application_mine_idx on application (enterprise_id, id desc);
-- A reviewer's queue is read from its index alone, with the columns the row's policy asks for. Otherwise a plan for any state walks all
-- applications in the order of their ids until a page is full.
create index application_department_idx on application (department_id, state, id) include (enterprise_id, item_area);
create index application_area_idx on application (item_area, state, id) include (enterprise_id, department_id);
create index application_state_idx on application (state, id);
create index application_item_idx on application (item_id, state);
comment on table application is '兑现申请 (S-24, S-25)';

create function keep_frozen() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if scope('kind') = 'member' and (new.state <> 'submitted' or new.seq <> 1 or new.approved_amount is not null
            or new.paid_amount is not null or new.notice_until is not null or new.rating is not null)
        then
            raise exception 'an enterprise does not decide' using errcode = 'insufficient_privilege';
        end if;
        return new;
    end if;
    if (old.enterprise_id, old.item_id, old.version, old.facts, old.as_of, old.amount, old.number, old.submitted_at, old.client_key,
        old.enterprise_name, old.uscc, old.area, old.title, old.mode, old.person_id) is distinct from
        (new.enterprise_id, new.item_id, new.version, new.facts, new.as_of, new.amount, new.number, new.submitted_at, new.client_key,
        new.enterprise_name, new.uscc, new.area, new.title, new.mode, new.person_id)
    then
        raise exception 'what an application was computed on is frozen' using errcode = 'restrict_violation';
    end if;
    -- Who reviews it may change when departments do; neither side chooses its judge.
    if scope('kind') <> 'system' and (old.item_area, old.department_id) is distinct from (new.item_area, new.department_id) then
        raise exception 'nobody chooses who reviews' using errcode = 'insufficient_privilege';
    end if;
    -- The enterprise supplies, withdraws and rates; money and decisions are the reviewer's.
    if scope('kind') = 'member' and (
        (old.approved_amount, old.paid_amount, old.notice_until) is distinct from (new.approved_amount, new.paid_amount, new.notice_until)
        or not (new.state in (old.state, 'withdrawn') or (old.state = 'awaiting_input' and new.state = 'reviewing')))
    then
        raise exception 'an enterprise does not decide' using errcode = 'insufficient_privilege';
    end if;
    if scope('kind') in ('handler', 'policy_editor')
        and (old.rating, old.rating_comment, old.rated_at) is distinct from (new.rating, new.rating_comment, new.rated_at)
    then
        raise exception 'reviewers do not rate themselves' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger application_keep before insert or update on application for each row execute function keep_frozen();

create table application_event (
    application_id bigint not null constraint application_event_application_fkey references application,
    seq integer not null,
    at timestamptz not null,
    kind text not null,
    actor_name text not null,
    text text not null default '',
    amount bigint,
    constraint application_event_pkey primary key (application_id, seq)
);
create trigger application_event_append_only before update or delete on application_event
    for each row execute function refuse_change();
create trigger application_event_no_truncate before truncate on application_event for each statement execute function refuse_change();
comment on table application_event is 'What happened to an application, append-only';

create table application_file (
    id uuid constraint application_file_pkey primary key,
    -- Null until the application is filed.
    application_id bigint constraint application_file_application_fkey references application,
    seq integer,
    enterprise_id bigint not null constraint application_file_enterprise_fkey references enterprise,
    person_id bigint not null constraint application_file_person_fkey references person,
    name text not null,
    content_type text not null,
    bytes bigint not null,
    created_at timestamptz not null
);
create index application_file_idx on application_file (application_id, seq);
create index application_file_pending_idx on application_file (created_at) where application_id is null;
comment on table application_file is '申报材料; the files lie in the object store under the id';

alter table application enable row level security;
create policy application_scope on application using (
    case (select scope('kind'))
        when 'member' then enterprise_id = (select scope_id('enterprise'))
        when 'handler' then department_id = (select scope_id('department'))
        when 'policy_editor' then (select scope_id('area') % 100 = 0) or item_area = (select scope_id('area'))
        when 'system' then true
        else false end
);
create policy application_insert on application as restrictive for insert with check ((select scope('kind')) in ('member', 'system'));
alter table application_event enable row level security;
create policy application_event_scope on application_event using (exists (select from application a where a.id = application_id));
create policy application_event_insert on application_event as restrictive for insert with check (
    (select scope('kind')) <> 'member' or kind in ('submitted', 'supply', 'withdraw', 'rate')
);
alter table application_file enable row level security;
create policy application_file_scope on application_file using (
    case when application_id is not null then exists (select from application a where a.id = application_id)
    -- Not filed yet: only whoever sent it.
    else case (select scope('kind'))
        when 'member' then person_id = (select scope_id('person')) and enterprise_id = (select scope_id('enterprise'))
        when 'system' then true
        else false end
    end
);
create policy application_file_attach on application_file as restrictive for update
    using (application_id is null or (select scope('kind')) = 'system') with check (true);
create policy application_file_insert on application_file as restrictive for insert
    with check ((select scope('kind')) in ('member', 'system'));
create policy application_file_delete on application_file as restrictive for delete using ((select scope('kind')) = 'system');

grant select, insert, update on application to qifu_app;
grant select, insert on application_event, application_file to qifu_app;
grant update (application_id, seq) on application_file to qifu_app;
grant delete on application_file to qifu_app;
grant usage on all sequences in schema public to qifu_app;

-- The first time an enterprise comes to a step. Definer's rights: a member notes its own reading, a reviewer what it approved.
create function note_step(enterprise bigint, item bigint, step text, at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not coalesce(case scope('kind')
        when 'system' then true
        when 'member' then enterprise = scope_id('enterprise') and step in ('read', 'calculated', 'applied')
        when 'handler' then step in ('approved', 'paid') and exists (select from application a
            where a.enterprise_id = enterprise and a.item_id = item and a.department_id = scope_id('department'))
        when 'policy_editor' then step in ('approved', 'paid') and exists (select from application a
            where a.enterprise_id = enterprise and a.item_id = item and (scope_id('area') % 100 = 0 or a.item_area = scope_id('area')))
        end, false)
    then
        raise exception 'not this step of this enterprise' using errcode = 'insufficient_privilege';
    end if;
    insert into policy_step (enterprise_id, item_id, step, at) values (enterprise, item, note_step.step, note_step.at) on conflict do nothing;
end
$$;

-- Tells the members of an enterprise how an application stands, each as they want it. Definer's rights: reviewers see no members.
create function tell_applicant(application bigint, kind text, title text, body text, at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a application;
begin
    select * into a from application where id = tell_applicant.application;
    if not coalesce(case scope('kind')
        when 'system' then true
        when 'handler' then a.department_id = scope_id('department')
        when 'policy_editor' then scope_id('area') % 100 = 0 or a.item_area = scope_id('area')
        end, false)
    then
        raise exception 'not this application' using errcode = 'insufficient_privilege';
    end if;
    insert into message (person_id, enterprise_id, number, kind, title, body, link, created_at)
    select m.person_id, m.enterprise_id, a.number, tell_applicant.kind, tell_applicant.title, tell_applicant.body,
        '/applications/' || a.number, tell_applicant.at
    from membership m left join policy_preference p
        on p.person_id = m.person_id and p.enterprise_id = m.enterprise_id and p.kind = 'application'
    where m.enterprise_id = a.enterprise_id and coalesce(p.in_app, true);
    insert into job (kind, payload, run_at, created_at)
    select 'sms_notice', jsonb_build_object('phone', n.phone, 'text', tell_applicant.title), tell_applicant.at, tell_applicant.at
    from policy_preference p join person n on n.id = p.person_id
    where p.enterprise_id = a.enterprise_id and p.kind = 'application' and p.sms;
end
$$;
