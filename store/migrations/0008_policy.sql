-- Policies, facts, matches and applications (S-16, S-17, S-21 to S-26). Item bodies and facts are the JSON of domain::policy.

create table policy_attribute (
    code text constraint policy_attribute_pkey primary key constraint policy_attribute_code_check check (code ~ '^[a-z][a-z0-9_]{1,60}$'),
    name text not null,
    kind text not null,
    unit text not null default '',
    source text not null default '',
    refresh text not null default '',
    enterprise_may_state boolean not null default false
);
comment on table policy_attribute is '指标库 (S-22)';

create table policy_tag (
    code text constraint policy_tag_pkey primary key constraint policy_tag_code_check check (code ~ '^[a-z][a-z0-9_-]{1,60}$'),
    name text not null,
    meaning text not null default ''
);
comment on table policy_tag is '标签库 (S-22)';

create table policy_question (
    code text constraint policy_question_pkey primary key constraint policy_question_code_check check (code ~ '^[a-z][a-z0-9_-]{1,60}$'),
    text text not null
);
comment on table policy_question is 'Questions an enterprise answers with yes or no';

create table policy_document (
    id bigint generated always as identity constraint policy_document_pkey primary key,
    no text not null,
    title text not null,
    issuer text not null default '',
    url text not null default '',
    body text not null default '',
    published_on date,
    years text not null default '',
    note text not null default '',
    constraint policy_document_key unique (no, title)
);
comment on table policy_document is '政策文件';

create table policy_item (
    id bigint generated always as identity constraint policy_item_pkey primary key,
    code text not null constraint policy_item_code_key unique,
    document_id bigint not null constraint policy_item_document_fkey references policy_document,
    -- Who keeps it: the city or a district.
    area integer not null constraint policy_item_area_fkey references area,
    -- Who reviews applications; the policy editors of the area where none is named.
    department_id bigint constraint policy_item_department_fkey references department,
    created_at timestamptz not null
);
create index policy_item_document_idx on policy_item (document_id);
create index policy_item_department_idx on policy_item (department_id);
comment on table policy_item is '政策条目; what it says is in its versions';

create table policy_version (
    item_id bigint not null constraint policy_version_item_fkey references policy_item,
    version integer not null constraint policy_version_number_check check (version > 0),
    state text not null constraint policy_version_state_check check (state in ('draft', 'submitted', 'published', 'withdrawn')),
    -- `json`, not `jsonb`: what was published stays as it was written, letter by letter.
    body json not null,
    title text not null,
    level text not null,
    mode text not null,
    board text not null,
    tags text[] not null default '{}',
    valid_from date not null,
    valid_to date,
    apply_from date,
    apply_to date,
    written_by bigint constraint policy_version_writer_fkey references staff,
    written_at timestamptz not null,
    published_by bigint constraint policy_version_publisher_fkey references staff,
    published_at timestamptz,
    withdrawn_by bigint constraint policy_version_withdrawer_fkey references staff,
    withdrawn_at timestamptz,
    withdrawn_reason text not null default '',
    constraint policy_version_pkey primary key (item_id, version),
    -- 四眼原则: one writes, another publishes. Imports have neither.
    constraint policy_version_four_eyes check (published_by is null or written_by is null or published_by <> written_by),
    constraint policy_version_published_check check ((state in ('published', 'withdrawn')) = (published_at is not null))
);
create unique index policy_version_open_key on policy_version (item_id) where state in ('draft', 'submitted');
create index policy_version_state_idx on policy_version (state, written_at desc, item_id desc);
create index policy_version_in_force_idx on policy_version (valid_from, valid_to) where state = 'published';
comment on table policy_version is 'Versions of an item; a published one never changes';

create function keep_published() returns trigger language plpgsql as $$
begin
    -- Nobody signs for somebody else: whoever writes and whoever publishes is the session's own account.
    if tg_op <> 'DELETE' and scope('kind') = 'policy_editor' and (
        (tg_op = 'INSERT' and (new.written_by is distinct from scope_id('staff') or new.published_by is not null))
        or (tg_op = 'UPDATE' and new.written_by is distinct from old.written_by and new.written_by is distinct from scope_id('staff'))
        or (tg_op = 'UPDATE' and new.published_by is distinct from old.published_by and new.published_by is distinct from scope_id('staff'))
        or (tg_op = 'UPDATE' and new.state = 'published' and old.state <> 'published' and new.published_by is null))
    then
        raise exception 'not in the name of another account' using errcode = 'insufficient_privilege';
    end if;
    if tg_op = 'INSERT' then
        return new;
    end if;
    if tg_op = 'DELETE' then
        if old.state in ('published', 'withdrawn') then
            raise exception 'a published version stays' using errcode = 'restrict_violation';
        end if;
        return old;
    end if;
    -- It may be withdrawn; nothing else of it moves, its dates neither.
    if old.state in ('published', 'withdrawn') and
        (old.item_id, old.version, old.body::text, old.title, old.level, old.mode, old.board, old.tags, old.valid_from, old.valid_to,
         old.apply_from, old.apply_to, old.written_by, old.written_at, old.published_by, old.published_at) is distinct from
        (new.item_id, new.version, new.body::text, new.title, new.level, new.mode, new.board, new.tags, new.valid_from, new.valid_to,
         new.apply_from, new.apply_to, new.written_by, new.written_at, new.published_by, new.published_at)
    then
        raise exception 'a published version never changes' using errcode = 'restrict_violation';
    end if;
    if old.state = 'withdrawn' or (old.state = 'published' and new.state not in ('published', 'withdrawn')) then
        raise exception 'a published version never changes' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger policy_version_keep before insert or update or delete on policy_version for each row execute function keep_published();

create table portrait (
    enterprise_id bigint constraint portrait_pkey primary key constraint portrait_enterprise_fkey references enterprise,
    -- domain::policy::facts::Facts; every fact is an object with value, period, source, on.
    facts jsonb not null,
    version integer not null,
    updated_at timestamptz not null
);
comment on table portrait is '企业画像: what is known now; fact_change is how it came about';

create table fact_change (
    id bigint generated always as identity constraint fact_change_pkey primary key,
    enterprise_id bigint not null constraint fact_change_enterprise_fkey references enterprise,
    -- An attribute, `tags`, or `attest.<question>`.
    code text not null,
    -- Null: withdrawn.
    value jsonb,
    period text not null default '',
    source text not null default '',
    person_id bigint constraint fact_change_person_fkey references person,
    at timestamptz not null
);
create index fact_change_idx on fact_change (enterprise_id, code, id desc);
create trigger fact_change_append_only before update or delete on fact_change for each row execute function refuse_change();
create trigger fact_change_no_truncate before truncate on fact_change for each statement execute function refuse_change();
comment on table fact_change is 'History of facts, append-only';

create table policy_match (
    enterprise_id bigint not null constraint policy_match_enterprise_fkey references enterprise,
    item_id bigint not null constraint policy_match_item_fkey references policy_item,
    version integer not null,
    -- Fen, before group rules.
    amount bigint not null,
    matched_at timestamptz not null,
    constraint policy_match_pkey primary key (enterprise_id, item_id)
);
create index policy_match_item_idx on policy_match (item_id, enterprise_id);
comment on table policy_match is 'Eligible pairs of enterprise and item, kept by jobs';

create table policy_step (
    enterprise_id bigint not null constraint policy_step_enterprise_fkey references enterprise,
    item_id bigint not null constraint policy_step_item_fkey references policy_item,
    step text not null constraint policy_step_check check (step in ('matched', 'told', 'read', 'calculated', 'applied', 'approved', 'paid')),
    at timestamptz not null,
    constraint policy_step_pkey primary key (item_id, step, enterprise_id)
);
comment on table policy_step is 'When an enterprise first came to a step on the way from match to money (S-25)';

create table policy_notice (
    enterprise_id bigint not null constraint policy_notice_enterprise_fkey references enterprise,
    item_id bigint not null constraint policy_notice_item_fkey references policy_item,
    kind text not null constraint policy_notice_kind_check check (kind in ('new', 'deadline14', 'deadline3')),
    queued_at timestamptz not null,
    told_at timestamptz,
    constraint policy_notice_pkey primary key (enterprise_id, item_id, kind)
);
create index policy_notice_untold_idx on policy_notice (enterprise_id) where told_at is null;
comment on table policy_notice is 'What is to be told, once each (S-23)';

create table policy_digest (
    enterprise_id bigint not null constraint policy_digest_enterprise_fkey references enterprise,
    day date not null,
    constraint policy_digest_pkey primary key (enterprise_id, day)
);
comment on table policy_digest is 'Days on which an enterprise was told of policies: one digest a day at most';

create table policy_preference (
    person_id bigint not null,
    enterprise_id bigint not null,
    kind text not null constraint policy_preference_kind_check check (kind in ('new', 'deadline', 'application')),
    in_app boolean not null,
    sms boolean not null,
    constraint policy_preference_pkey primary key (person_id, enterprise_id, kind),
    constraint policy_preference_membership_fkey foreign key (person_id, enterprise_id)
        references membership (person_id, enterprise_id) on delete cascade
);
comment on table policy_preference is 'How a member wants to be told; in the app and nothing else where there is no row';

create table policy_subscription (
    person_id bigint not null,
    enterprise_id bigint not null,
    tag text not null,
    constraint policy_subscription_pkey primary key (person_id, enterprise_id, tag),
    constraint policy_subscription_membership_fkey foreign key (person_id, enterprise_id)
        references membership (person_id, enterprise_id) on delete cascade
);
comment on table policy_subscription is 'Subjects a member wants to hear of; of all where there is no row';

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
create index application_department_idx on application (department_id, state, id);
create index application_area_idx on application (item_area, state, id);
create index application_state_idx on application (state, id);
create index application_item_idx on application (item_id, state);
comment on table application is '兑现申请 (S-24, S-25)';

create function keep_frozen() returns trigger language plpgsql as $$
begin
    if (old.enterprise_id, old.item_id, old.version, old.facts, old.as_of, old.amount, old.number, old.submitted_at) is distinct from
        (new.enterprise_id, new.item_id, new.version, new.facts, new.as_of, new.amount, new.number, new.submitted_at)
    then
        raise exception 'what an application was computed on is frozen' using errcode = 'restrict_violation';
    end if;
    -- The enterprise supplies, withdraws and rates; money and decisions are the reviewer's.
    if scope('kind') = 'member' and (
        (old.approved_amount, old.paid_amount, old.notice_until) is distinct from (new.approved_amount, new.paid_amount, new.notice_until)
        or not (new.state in (old.state, 'withdrawn') or (old.state = 'awaiting_input' and new.state = 'reviewing')))
    then
        raise exception 'an enterprise does not decide' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger application_keep before update on application for each row execute function keep_frozen();

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

-- Messages speak of policies and applications too: where they lead is said, no longer guessed from the number.
alter table message add column link text;

-- ---- Who sees and writes what. ----

-- Editors of the city keep everything, those of a district what is theirs.
create function keeps_area(code integer) returns boolean language sql stable parallel safe as $$
    select scope('kind') = 'policy_editor' and (scope_id('area') % 100 = 0 or code = scope_id('area'))
$$;

alter table policy_attribute enable row level security;
create policy policy_attribute_read on policy_attribute for select using (true);
create policy policy_attribute_write on policy_attribute using ((select scope('kind')) in ('policy_editor', 'system'));
alter table policy_tag enable row level security;
create policy policy_tag_read on policy_tag for select using (true);
create policy policy_tag_write on policy_tag using ((select scope('kind')) in ('policy_editor', 'system'));
alter table policy_question enable row level security;
create policy policy_question_read on policy_question for select using (true);
create policy policy_question_write on policy_question using ((select scope('kind')) in ('policy_editor', 'system'));
alter table policy_document enable row level security;
create policy policy_document_read on policy_document for select using (true);
create policy policy_document_write on policy_document using ((select scope('kind')) in ('policy_editor', 'system'));
alter table policy_item enable row level security;
create policy policy_item_read on policy_item for select using (true);
create policy policy_item_write on policy_item using ((select scope('kind')) = 'system' or keeps_area(area));

alter table policy_version enable row level security;
-- Drafts are their editors' business alone.
create policy policy_version_read on policy_version for select using (state in ('published', 'withdrawn'));
create policy policy_version_keep on policy_version using (
    (select scope('kind')) = 'system'
    or ((select scope('kind')) = 'policy_editor' and exists (select from policy_item i where i.id = item_id and keeps_area(i.area)))
);

alter table portrait enable row level security;
create policy portrait_read on portrait for select using (
    case (select scope('kind'))
        when 'member' then enterprise_id = (select scope_id('enterprise'))
        -- For previews; which enterprises, the policy of `enterprise` says.
        when 'policy_editor' then exists (select from enterprise e where e.id = enterprise_id)
        when 'system' then true
        else false end
);
create policy portrait_write on portrait using ((select scope('kind')) = 'system');
alter table fact_change enable row level security;
create policy fact_change_read on fact_change for select using (exists (select from portrait p where p.enterprise_id = fact_change.enterprise_id));
create policy fact_change_write on fact_change for insert with check ((select scope('kind')) = 'system');

create policy enterprise_of_editors on enterprise for select using (
    (select scope('kind')) = 'policy_editor' and ((select scope_id('area') % 100 = 0) or area = (select scope_id('area')))
);

alter table policy_match enable row level security;
create policy policy_match_read on policy_match for select using (
    case (select scope('kind'))
        when 'member' then enterprise_id = (select scope_id('enterprise'))
        when 'policy_editor' then true
        when 'system' then true
        else false end
);
create policy policy_match_write on policy_match using ((select scope('kind')) = 'system');
alter table policy_step enable row level security;
create policy policy_step_read on policy_step for select using (
    case (select scope('kind'))
        when 'member' then enterprise_id = (select scope_id('enterprise'))
        when 'policy_editor' then true
        when 'system' then true
        else false end
);
create policy policy_step_write on policy_step for insert with check ((select scope('kind')) = 'system');
alter table policy_notice enable row level security;
create policy policy_notice_scope on policy_notice using ((select scope('kind')) = 'system');
alter table policy_digest enable row level security;
create policy policy_digest_scope on policy_digest using ((select scope('kind')) = 'system');
alter table policy_preference enable row level security;
create policy policy_preference_scope on policy_preference using (
    (select scope('kind')) = 'system' or ((select scope('kind')) = 'member'
        and person_id = (select scope_id('person')) and enterprise_id = (select scope_id('enterprise')))
);
alter table policy_subscription enable row level security;
create policy policy_subscription_scope on policy_subscription using (
    (select scope('kind')) = 'system' or ((select scope('kind')) = 'member'
        and person_id = (select scope_id('person')) and enterprise_id = (select scope_id('enterprise')))
);

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

grant select, insert, update on policy_attribute, policy_tag, policy_question, policy_document, policy_item, policy_version, portrait,
    policy_match, policy_notice, policy_preference, application to qifu_app;
grant select, insert on fact_change, policy_step, policy_digest, policy_subscription, application_event, application_file to qifu_app;
grant update (application_id, seq) on application_file to qifu_app;
grant delete on policy_version, policy_match, policy_subscription, application_file to qifu_app;
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

-- Changes facts, keeps their history, and has the enterprise matched anew. `changes`: [{code, value, period, source, on}], a null
-- value withdraws. Only what differs is written. Definer's rights: a member may state what the library lets an enterprise state.
create function put_facts(enterprise bigint, changes jsonb, at timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    change jsonb;
    code text;
    value jsonb;
    path text[];
    fact jsonb;
    before jsonb;
    now_facts jsonb;
    written integer := 0;
begin
    if not coalesce(scope('kind') = 'system' or (scope('kind') = 'member' and enterprise = scope_id('enterprise')), false) then
        raise exception 'not the facts of this enterprise' using errcode = 'insufficient_privilege';
    end if;
    insert into portrait (enterprise_id, facts, version, updated_at) values (enterprise, '{}', 0, at) on conflict do nothing;
    select p.facts into now_facts from portrait p where p.enterprise_id = enterprise for update;
    for change in select jsonb_array_elements(changes) loop
        code := change ->> 'code';
        value := nullif(change -> 'value', 'null');
        if scope('kind') = 'member' and not (code like 'attest.%'
            or exists (select from policy_attribute a where a.code = (change ->> 'code') and a.enterprise_may_state))
        then
            raise exception 'an enterprise does not state %', code using errcode = 'insufficient_privilege';
        end if;
        if code like 'attest.%' then
            path := array['attest', substr(code, 8)];
            fact := value;
            now_facts := jsonb_set(now_facts, '{attest}', coalesce(now_facts -> 'attest', '{}'));
        else
            path := array[code];
            fact := case when code = 'tags' then value else jsonb_strip_nulls(jsonb_build_object('value', value,
                'period', change -> 'period', 'source', change -> 'source', 'on', change -> 'on')) end;
        end if;
        before := now_facts #> path;
        -- The day it was recorded is no difference.
        continue when value is null and before is null;
        continue when value is not null and case when jsonb_typeof(before) = 'object' and jsonb_typeof(fact) = 'object'
            then (before - 'on') = (fact - 'on') else before is not distinct from fact end;
        now_facts := case when value is null then now_facts #- path else jsonb_set(now_facts, path, fact) end;
        insert into fact_change (enterprise_id, code, value, period, source, person_id, at)
        values (enterprise, change ->> 'code', value, coalesce(change ->> 'period', ''), coalesce(change ->> 'source', ''),
            case when scope('kind') = 'member' then scope_id('person') end, put_facts.at);
        written := written + 1;
    end loop;
    if written > 0 then
        update portrait p set facts = now_facts, version = p.version + 1, updated_at = put_facts.at where p.enterprise_id = enterprise;
        insert into job (kind, payload, run_at, created_at)
        values ('policy_match_enterprise', jsonb_build_object('enterprise', enterprise), put_facts.at, put_facts.at);
    end if;
    return written;
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

-- Publishing and withdrawing have the whole city matched; editors may ask for that and for nothing else of the jobs.
create function match_item_soon(item bigint, at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not coalesce(scope('kind') = 'system' or exists (select from policy_item i where i.id = item and keeps_area(i.area)), false) then
        raise exception 'not this item' using errcode = 'insufficient_privilege';
    end if;
    insert into job (kind, payload, run_at, created_at) values ('policy_match_item', jsonb_build_object('item', item, 'after', 0), at, at);
end
$$;

-- Problems raised about an item (S-26), by the link written when one is filed from its page. Editors see no issues, only how many.
create table policy_question_asked (
    issue_number text constraint policy_question_asked_pkey primary key,
    item_id bigint not null constraint policy_question_asked_item_fkey references policy_item,
    enterprise_id bigint not null constraint policy_question_asked_enterprise_fkey references enterprise,
    at timestamptz not null
);
create index policy_question_asked_item_idx on policy_question_asked (item_id);
alter table policy_question_asked enable row level security;
create policy policy_question_asked_scope on policy_question_asked using (
    (select scope('kind')) = 'system' or ((select scope('kind')) = 'member' and enterprise_id = (select scope_id('enterprise')))
);
grant select, insert on policy_question_asked to qifu_app;
create function policy_questions(item bigint) returns bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select count(*) from policy_question_asked where item_id = item and scope('kind') in ('policy_editor', 'system')
$$;
