-- 接口密钥 (S-5): other channels file with a key each. The key itself is nowhere: only its SHA-256, which is enough for 160 random bits.
create table api_key (
    id bigint generated always as identity constraint api_key_pkey primary key,
    name text not null constraint api_key_name_key unique,
    hash bytea not null constraint api_key_hash_key unique,
    channel text not null,
    created_at timestamptz not null,
    created_by bigint constraint api_key_created_by_fkey references staff,
    used_at timestamptz,
    revoked_at timestamptz,
    revoked_by bigint constraint api_key_revoked_by_fkey references staff
);
comment on table api_key is '接口密钥: which channel speaks to the interfaces';
alter table api_key enable row level security;
create policy api_key_scope on api_key
    using ((select scope('kind')) = 'system' or (select scope('kind')) = 'administrator' and (select scope_id('area')) = 330500)
    with check ((select scope('kind')) = 'system' or (select scope('kind')) = 'administrator' and (select scope_id('area')) = 330500);
grant select, insert on api_key to qifu_app;
grant update (used_at, revoked_at, revoked_by) on api_key to qifu_app;

-- What came in by which key: a channel sees how its own stand, and nobody else's.
create table api_filing (
    issue_id bigint constraint api_filing_pkey primary key constraint api_filing_issue_fkey references issue,
    key_id bigint not null constraint api_filing_key_fkey references api_key,
    -- What the channel called it, so that the same sent again is the same.
    client_key uuid not null,
    constraint api_filing_client_key unique (key_id, client_key)
);
comment on table api_filing is 'Issues that came in by a key';
alter table api_filing enable row level security;
create policy api_filing_scope on api_filing using ((select scope('kind')) = 'system') with check ((select scope('kind')) = 'system');
grant select, insert on api_filing to qifu_app;
create trigger api_filing_stays before update or delete on api_filing for each row execute function refuse_change();

-- How many came in by a key, for those who keep keys and may not read issues.
create function filings_of_key(key bigint) returns bigint language sql stable security definer set search_path = public, pg_temp as $$
    select count(*) from api_filing f where f.key_id = key
        and (scope('kind') = 'system' or scope('kind') = 'administrator' and scope_id('area') = 330500)
$$;
