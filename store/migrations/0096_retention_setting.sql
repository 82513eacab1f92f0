-- 保存期限: how long what is personal is kept, where the city's administrator set another time than ours (domain::retention). As with texts and
-- limits a line holds from its day on, and of two for one day the later one.

create table retention_setting (
    id bigint generated always as identity constraint retention_setting_pkey primary key,
    -- `domain::retention::Rule::code`.
    kind text not null,
    from_day date not null,
    -- None: ours again.
    days integer,
    -- Who, and why: nothing is set without.
    change_id bigint not null constraint retention_setting_change_fkey references setting_change,
    constraint retention_setting_days_check check (days between 1 and 3660),
    -- What the law asks is the database's to keep, too: nobody shortens the log of what was done, or what claims may still hang on.
    constraint retention_setting_law_check check (days >= case kind
        when 'security_event' then 183 when 'delivery' then 183 when 'api_delivery' then 183
        when 'issue_contact' then 1098 when 'application_contact' then 1098 else 1 end)
);
comment on table retention_setting is '保存期限 that the city has set';
create trigger retention_setting_append_only before update or delete on retention_setting
    for each row execute function refuse_change();
create trigger retention_setting_no_truncate before truncate on retention_setting
    for each statement execute function refuse_change();

alter table retention_setting enable row level security;
-- How long something is kept stands on a page that anybody reads (隐私说明).
create policy retention_setting_read on retention_setting for select using (true);
create policy retention_setting_insert on retention_setting for insert with check (may_set(330500, from_day, change_id));
grant select, insert on retention_setting to qifu_app;
grant usage on all sequences in schema public to qifu_app;
