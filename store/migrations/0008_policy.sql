-- Policies: libraries, documents, items and their versions (S-16, S-17, S-21, S-22). Bodies of items are the JSON of domain::policy.

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
    created_at timestamptz not null,
    matched_on date
);
create index policy_item_document_idx on policy_item (document_id);
create index policy_item_department_idx on policy_item (department_id);
comment on table policy_item is '政策条目; what it says is in its versions';
comment on column policy_item.matched_on is 'Last day on which it was seen to whether the day itself changes who matches';

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
        -- What is added is a draft: a row that came published would have had no second person.
        (tg_op = 'INSERT' and (new.written_by is distinct from scope_id('staff') or new.published_by is not null or new.state <> 'draft'))
        or (tg_op = 'UPDATE' and new.written_by is distinct from old.written_by and new.written_by is distinct from scope_id('staff'))
        -- Whoever changes the words is their author, and so not the one who publishes them.
        or (tg_op = 'UPDATE' and new.written_by is distinct from scope_id('staff') and
            (new.item_id, new.version, new.body::text, new.title, new.level, new.mode, new.board, new.tags, new.valid_from, new.valid_to,
             new.apply_from, new.apply_to) is distinct from
            (old.item_id, old.version, old.body::text, old.title, old.level, old.mode, old.board, old.tags, old.valid_from, old.valid_to,
             old.apply_from, old.apply_to))
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

grant select, insert, update on policy_attribute, policy_tag, policy_question, policy_document, policy_item, policy_version to qifu_app;
grant delete on policy_version to qifu_app;
grant usage on all sequences in schema public to qifu_app;

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
