-- 上报: issues that a centre passes to the pool of a higher platform, which takes each once, under a number of its own (S-5).
create table issue_upward (
    issue_id bigint constraint issue_upward_pkey primary key constraint issue_upward_issue_fkey references issue,
    passed_at timestamptz not null,
    staff_id bigint not null constraint issue_upward_staff_fkey references staff,
    staff_name text not null,
    reason text not null constraint issue_upward_reason_check check (length(reason) between 5 and 500),
    -- By whose key it was taken, as what, and when.
    key_id bigint constraint issue_upward_key_fkey references api_key,
    external_id text,
    received_at timestamptz,
    constraint issue_upward_external_key unique (key_id, external_id),
    constraint issue_upward_received_check check ((key_id is null) = (received_at is null) and (key_id is null) = (external_id is null))
);
create index issue_upward_passed_idx on issue_upward (passed_at, issue_id);
comment on table issue_upward is '上报: issues that were passed to a higher platform, and what it calls them';
alter table issue_upward enable row level security;
-- As visible as the issue, to the offices that handle it or look on.
create policy issue_upward_read on issue_upward for select using ((select scope('kind')) = 'system'
    or (select scope('kind')) in ('centre', 'handler', 'supervisor', 'leader') and exists (select from issue i where i.id = issue_id));
create policy issue_upward_insert on issue_upward for insert with check ((select scope('kind')) = 'system'
    or (select scope('kind')) = 'centre' and staff_id = (select scope_id('staff')) and exists (select from issue i where i.id = issue_id));
grant select, insert on issue_upward to qifu_app;

-- Whether the scope is a key that exchanges.
create function exchanges() returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select scope('kind') = 'key' and exists (select from api_key k where k.id = scope_id('key') and k.revoked_at is null and 'exchange' = any (k.scopes))
$$;

-- What was passed, the first first, for whoever exchanges: without whom to call, who is asked for through the city's centre.
create function passed_upward(after_at timestamptz, after_id bigint, most bigint) returns table (id bigint, number text, title text, body text,
    category text, place text, area integer, enterprise_name text, uscc text, state text, reason text, passed_at timestamptz, external_id text)
language plpgsql stable security definer rows 50 set search_path = public, pg_temp as $$
begin
    if not coalesce(exchanges(), false) then
        raise exception 'no key that exchanges' using errcode = 'insufficient_privilege';
    end if;
    return query select i.id, i.number, i.title, i.body, i.category, i.place, i.area, i.enterprise_name, e.uscc, i.state, u.reason, u.passed_at,
        case when u.key_id = scope_id('key') then u.external_id end
    from issue_upward u join issue i on i.id = u.issue_id join enterprise e on e.id = i.enterprise_id
    where (u.passed_at, u.issue_id) > (after_at, after_id) and (u.key_id is null or u.key_id = scope_id('key'))
    order by u.passed_at, u.issue_id limit most;
end
$$;

-- Takes one: received, again (the same once more), other (it has another number there), nothing (not passed, or taken by somebody else).
create function receive_upward(wanted text, called text, now_at timestamptz) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    u issue_upward;
begin
    if not coalesce(exchanges(), false) then
        raise exception 'no key that exchanges' using errcode = 'insufficient_privilege';
    end if;
    select p.* into u from issue_upward p join issue i on i.id = p.issue_id where i.number = wanted for update of p;
    if not found or u.key_id <> scope_id('key') then
        return 'nothing';
    end if;
    if u.key_id is not null then
        return case when u.external_id = called then 'again' else 'other' end;
    end if;
    update issue_upward p set key_id = scope_id('key'), external_id = called, received_at = now_at where p.issue_id = u.issue_id;
    return 'received';
end
$$;
