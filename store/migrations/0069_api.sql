-- The city's own interface for channels (S-5): what a key may do and how often, which issues came in by it, what was answered before, and
-- webhooks with what became of each delivery. A key is a scope of its own: it sees the issues that came in by it, and nothing else.

-- Old keys keep what they could.
alter table api_key add column scopes text[] not null default '{open311}';
alter table api_key add column a_minute integer not null default 120;
alter table api_key add column a_day integer not null default 20000;
-- 更换密钥: another key in the same row, so that what came in by it stays within reach of its channel.
grant update (hash) on api_key to qifu_app;

-- Beside the row of api_filing, so that the policy is a comparison and no sub-select in every list there is.
alter table issue add column key_id bigint;
comment on column issue.key_id is 'The key it came in by (api_filing); null for what came in otherwise';
update issue i set key_id = f.key_id from api_filing f where f.issue_id = i.id;

create policy issue_of_key on issue using ((select scope('kind')) = 'key' and key_id = (select scope_id('key')));
alter policy issue_event_insert on issue_event
    with check ((select scope('kind')) in ('member', 'station', 'centre', 'handler', 'supervisor', 'leader', 'key', 'system'));

-- A key sees its own filings; who keeps keys counts them by filings_of_key.
drop policy api_filing_scope on api_filing;
create policy api_filing_scope on api_filing
    using ((select scope('kind')) = 'system' or (select scope('kind')) = 'key' and key_id = (select scope_id('key')))
    with check ((select scope('kind')) = 'system' or (select scope('kind')) = 'key' and key_id = (select scope_id('key')));

-- What the channel calls it: one issue for each, whatever is sent again. `request` is the SHA-256 of what was filed.
create table api_external (
    key_id bigint not null constraint api_external_key_fkey references api_key,
    external_id text not null,
    issue_id bigint not null constraint api_external_issue_key unique constraint api_external_issue_fkey references issue,
    request bytea not null,
    constraint api_external_pkey primary key (key_id, external_id)
);
comment on table api_external is 'What a channel calls the issues that it filed';
alter table api_external enable row level security;
create policy api_external_scope on api_external
    using ((select scope('kind')) = 'system' or (select scope('kind')) = 'key' and key_id = (select scope_id('key')))
    with check ((select scope('kind')) = 'system' or (select scope('kind')) = 'key' and key_id = (select scope_id('key')));
grant select, insert on api_external to qifu_app;
create trigger api_external_stays before update or delete on api_external for each row execute function refuse_change();

-- Idempotency-Key: what was answered, for a month. Without an answer it is under way.
create table api_answer (
    key_id bigint not null constraint api_answer_key_fkey references api_key,
    mark text not null,
    request bytea not null,
    status smallint,
    answer jsonb,
    at timestamptz not null,
    constraint api_answer_pkey primary key (key_id, mark)
);
create index api_answer_at_idx on api_answer (at);
comment on table api_answer is 'Answers to requests that bear a mark, so that the same request again is the same answer';
alter table api_answer enable row level security;
create policy api_answer_scope on api_answer
    using ((select scope('kind')) = 'system' or (select scope('kind')) = 'key' and key_id = (select scope_id('key')))
    with check ((select scope('kind')) = 'system' or (select scope('kind')) = 'key' and key_id = (select scope_id('key')));
grant select, insert, update, delete on api_answer to qifu_app;

create table api_webhook (
    id bigint generated always as identity constraint api_webhook_pkey primary key,
    key_id bigint not null constraint api_webhook_key_fkey references api_key,
    url text not null,
    created_at timestamptz not null,
    ended_at timestamptz
);
create unique index api_webhook_url_key on api_webhook (key_id, url) where ended_at is null;
comment on table api_webhook is 'Webhooks: where the steps of what came in by a key are sent';
alter table api_webhook enable row level security;
create policy api_webhook_scope on api_webhook
    using ((select scope('kind')) = 'system' or (select scope('kind')) = 'key' and key_id = (select scope_id('key'))
        or (select scope('kind')) = 'administrator' and (select scope_id('area')) = 330500)
    with check ((select scope('kind')) = 'system' or (select scope('kind')) = 'key' and key_id = (select scope_id('key'))
        or (select scope('kind')) = 'administrator' and (select scope_id('area')) = 330500);
create policy api_webhook_insert on api_webhook as restrictive for insert with check ((select scope('kind')) in ('system', 'key'));
grant select, insert on api_webhook to qifu_app;
grant update (ended_at) on api_webhook to qifu_app;

-- What deliveries are signed with: written once, read by the worker alone.
create table api_webhook_secret (
    webhook_id bigint constraint api_webhook_secret_pkey primary key constraint api_webhook_secret_webhook_fkey references api_webhook,
    secret text not null
);
comment on table api_webhook_secret is 'Secrets of webhooks; no page and no interface reads them';
alter table api_webhook_secret enable row level security;
create policy api_webhook_secret_read on api_webhook_secret for select using ((select scope('kind')) = 'system');
create policy api_webhook_secret_delete on api_webhook_secret for delete using ((select scope('kind')) = 'system');
create policy api_webhook_secret_insert on api_webhook_secret for insert with check ((select scope('kind')) = 'system'
    or (select scope('kind')) = 'key' and exists (select from api_webhook w where w.id = webhook_id));
grant select, insert, delete on api_webhook_secret to qifu_app;

create table api_delivery (
    id bigint generated always as identity constraint api_delivery_pkey primary key,
    webhook_id bigint not null constraint api_delivery_webhook_fkey references api_webhook,
    key_id bigint not null,
    issue_id bigint not null,
    number text not null,
    seq integer not null,
    kind text not null,
    at timestamptz not null,
    state text not null default 'waiting' constraint api_delivery_state_check check (state in ('waiting', 'sent', 'failed', 'dead')),
    attempts integer not null default 0,
    -- HTTP status of the last answer; null where there was none.
    status smallint,
    error text not null default '',
    -- Not before: the next try.
    due_at timestamptz not null,
    done_at timestamptz,
    -- A step is sent once to each address.
    constraint api_delivery_once unique (webhook_id, issue_id, seq)
);
-- What is due, key by key: a channel that does not answer keeps no other from being told.
create index api_delivery_due_idx on api_delivery (key_id, due_at, id) where state in ('waiting', 'failed');
create index api_delivery_key_idx on api_delivery (key_id, at desc, id desc);
create index api_delivery_at_idx on api_delivery (at);
comment on table api_delivery is 'Deliveries of webhooks: waiting, sent, failed and tried again, given up; kept for half a year';
alter table api_delivery enable row level security;
create policy api_delivery_scope on api_delivery
    using ((select scope('kind')) = 'system' or (select scope('kind')) = 'key' and key_id = (select scope_id('key'))
        or (select scope('kind')) = 'administrator' and (select scope_id('area')) = 330500);
create policy api_delivery_insert on api_delivery as restrictive for insert with check ((select scope('kind')) = 'system');
create policy api_delivery_delete on api_delivery as restrictive for delete using ((select scope('kind')) = 'system');
-- A key ends what is under way to an address that it removes; an administrator has it tried again, or ends the key.
grant select, insert, delete on api_delivery to qifu_app;
grant update (state, attempts, status, error, due_at, done_at) on api_delivery to qifu_app;
grant usage on all sequences in schema public to qifu_app;

-- The key in force with this hash, and the scope of the connection with it, as open_session for people. Counted on the way: `wait` is after how
-- many seconds the next request would be answered, 0 for this one. What only looks again, for one request, is not counted twice.
create type key_row as (id bigint, name text, channel text, scopes text[], wait integer);
create function open_key(hash bytea, now_at timestamptz, counted boolean) returns setof key_row
language plpgsql security definer rows 1 set search_path = public, pg_temp as $$
declare
    k api_key;
    r key_row;
    hits integer;
    since timestamptz;
    one record;
begin
    select * into k from api_key a where a.hash = open_key.hash and a.revoked_at is null;
    if not found then
        perform set_scope('', null, null, null, null, null, null);
        return;
    end if;
    r.id := k.id;
    r.name := k.name;
    r.channel := k.channel;
    r.scopes := k.scopes;
    r.wait := 0;
    if counted then
        if k.used_at is null or k.used_at < now_at - interval '5 minutes' then
            update api_key a set used_at = now_at where a.id = k.id;
        end if;
        for one in select * from (values ('api:key:' || k.id, interval '1 minute', k.a_minute), ('api:day:' || k.id, interval '1 day', k.a_day))
            as l (name, span, most)
        loop
            insert into rate_limit as c (key, window_start, count) values (one.name, now_at, 1)
            on conflict (key) do update set
                count = case when c.window_start <= now_at - one.span then 1 else c.count + 1 end,
                window_start = case when c.window_start <= now_at - one.span then now_at else c.window_start end
            returning c.count, c.window_start into hits, since;
            if hits > one.most then
                r.wait := greatest(r.wait, ceil(extract(epoch from since + one.span - now_at))::integer, 1);
            end if;
        end loop;
    end if;
    perform set_scope('key', null, null, null, null, null, null), set_config('qifu.key', k.id::text, false);
    return next r;
end
$$;

-- The enterprise that a channel names by its code: one that is known, or one that is entered by the name it brings; nothing where it brings none.
create function enterprise_for_key(code text, name text, area integer, now_at timestamptz, out id bigint, out registered integer)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if scope('kind') is distinct from 'key' then
        raise exception 'no key' using errcode = 'insufficient_privilege';
    end if;
    select e.id, e.area into id, registered from enterprise e where e.uscc = code;
    if id is null and enterprise_for_key.name <> '' then
        insert into enterprise (uscc, name, area, scale, class, created_at)
        values (code, enterprise_for_key.name, enterprise_for_key.area, 'micro', 'ordinary', now_at) on conflict (uscc) do nothing;
        select e.id, e.area into id, registered from enterprise e where e.uscc = code;
    end if;
end
$$;

-- Whom to call of an enterprise, where a channel says nobody: what is written into the issue, and what the channel does not read.
create function contact_for_key(enterprise bigint, out name text, out phone text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    if scope('kind') is distinct from 'key' then
        raise exception 'no key' using errcode = 'insufficient_privilege';
    end if;
    select m.name, p.phone into contact_for_key.name, contact_for_key.phone from membership m join person p on p.id = m.person_id
    where m.enterprise_id = enterprise order by m.role desc, p.id limit 1;
end
$$;
