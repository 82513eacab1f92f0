-- What is known of an enterprise and what follows from it (S-16, S-22, S-23, S-26): facts, matches, steps, notices. Facts are the JSON
-- of domain::policy.

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

-- Problems raised about an item (S-26), by the link written when one is filed from its page. Editors see no issues, only how many.
create table policy_question_asked (
    issue_number text constraint policy_question_asked_pkey primary key,
    item_id bigint not null constraint policy_question_asked_item_fkey references policy_item,
    enterprise_id bigint not null constraint policy_question_asked_enterprise_fkey references enterprise,
    at timestamptz not null
);
create index policy_question_asked_item_idx on policy_question_asked (item_id);

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

alter table policy_question_asked enable row level security;
create policy policy_question_asked_scope on policy_question_asked using (
    (select scope('kind')) = 'system' or ((select scope('kind')) = 'member' and enterprise_id = (select scope_id('enterprise')))
);

grant select, insert, update on portrait, policy_match, policy_notice, policy_preference to qifu_app;
grant select, insert on fact_change, policy_step, policy_digest, policy_subscription, policy_question_asked to qifu_app;
grant delete on policy_match, policy_subscription to qifu_app;
grant usage on all sequences in schema public to qifu_app;

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

create function policy_questions(item bigint) returns bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select count(*) from policy_question_asked where item_id = item and scope('kind') in ('policy_editor', 'system')
$$;
