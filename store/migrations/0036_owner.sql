-- What an owner has in hand: answers that wait for the last look (请核对), files beside pictures, texts to the phone where they are wanted.

-- What was typed and checked, until it is filed. A page of its own by this id, so that going back, reloading and sending twice lose nothing; the
-- id is the key that files once. Gone when it is filed, or after two days (domain::retention).
create table filing_draft (
    id uuid constraint filing_draft_pkey primary key,
    enterprise_id bigint not null constraint filing_draft_enterprise_fkey references enterprise,
    -- Whoever typed it: a member, or station staff with the member beside.
    person_id bigint,
    staff_id bigint,
    -- Names and values of the form, in their order.
    fields json not null,
    -- Pictures and files uploaded for it: kept as long as it is.
    photos uuid[] not null default '{}',
    at timestamptz not null,
    constraint filing_draft_owner_check check (num_nonnulls(person_id, staff_id) = 1)
);
create index filing_draft_owner_idx on filing_draft (enterprise_id, at desc);
create index filing_draft_at_idx on filing_draft (at);
comment on table filing_draft is '提诉求: checked and not filed yet';

alter table filing_draft enable row level security;
create policy filing_draft_scope on filing_draft using (
    case (select scope('kind'))
        when 'member' then person_id = (select scope_id('person')) and enterprise_id = (select scope_id('enterprise'))
        when 'station' then staff_id = (select scope_id('staff'))
        when 'system' then true
        else false end
);
grant select, insert, update, delete on filing_draft to qifu_app;

-- A row of `photo` is a file where it says what it is: kept as it came, given back as a download. Pictures say nothing and are JPEG.
alter table photo add column content_type text;
-- The sender's name of a file, as it may be shown.
alter table photo add column name text;
-- Not filed yet: the issue whose answer it will go with, where an office sends it.
alter table photo add column meant_for bigint;
create or replace function photo_is_pending_of(person bigint, enterprise bigint, staff bigint) returns boolean
language sql stable parallel safe as $$
    select coalesce(case current_setting('qifu.kind', true)
        when 'member' then person = public.scope_id('person') and enterprise = public.scope_id('enterprise')
        when 'station' then staff = public.scope_id('staff')
        when 'centre' then staff = public.scope_id('staff')
        when 'handler' then staff = public.scope_id('staff')
        when 'system' then true
    end, false)
$$;
alter policy photo_scope on photo using (
    case when issue_id is not null then exists (select from issue i where i.id = issue_id)
    -- Not filed yet: only whoever sent it.
    else photo_is_pending_of(person_id, enterprise_id, staff_id) end
);
-- An office may take back what it has not sent yet.
drop policy photo_delete on photo;
create policy photo_delete on photo as restrictive for delete
    using ((select scope('kind')) = 'system' or (issue_id is null and staff_id = (select scope_id('staff'))));

-- Steps of the own issues by text message: off until somebody wants them (我的 → 短信提醒).
alter table person add column issue_sms boolean not null default false;
-- Everybody chooses for themselves; the row is otherwise the system's to write.
create function choose_issue_sms(wanted boolean) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if scope('kind') is distinct from 'member' then
        raise exception 'a member''s own choice' using errcode = 'insufficient_privilege';
    end if;
    update person set issue_sms = wanted where id = scope_id('person');
end
$$;
