-- What the centres' corrections teach the router: a count by day, nothing of what anybody wrote. `word` is one of the catalogue's own words.
create table route_count (
    day date not null,
    kind text not null constraint route_count_kind_check check (kind in ('category', 'department')),
    -- Of a category: the word that pointed furthest; of a department: empty.
    word text not null,
    -- The category the words pointed to; of a department: the category it was accepted under.
    chosen text not null,
    -- Of a department: where; else 0.
    area integer not null,
    -- The category it was accepted under; the code of the department that took it.
    corrected text not null,
    issues integer not null,
    constraint route_count_pkey primary key (day, kind, word, chosen, area, corrected)
);
comment on table route_count is '改派统计: what words pointed to and what centres made of it, by day';
alter table route_count enable row level security;
create policy route_count_read on route_count for select using ((select scope('kind')) in ('centre', 'administrator', 'system'));
create policy route_count_forget on route_count for delete using ((select scope('kind')) = 'system');
grant select, delete on route_count to qifu_app;

-- One more, in the transaction of the command that says so; `taker` names a department by its id, which is kept by its code.
create function count_route(on_day date, of_kind text, by_word text, guess text, place integer, truth text, taker bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    -- Whoever has no scope at all is nobody of these, too.
    if coalesce(scope('kind'), '') not in ('centre', 'handler', 'system') then
        raise exception 'not counted' using errcode = 'insufficient_privilege';
    end if;
    insert into route_count (day, kind, word, chosen, area, corrected, issues)
    select on_day, of_kind, by_word, guess, place, coalesce((select d.code from department d where d.id = taker), truth), 1
    where coalesce((select d.code from department d where d.id = taker), truth) is not null
    on conflict (day, kind, word, chosen, area, corrected) do update set issues = route_count.issues + 1;
end
$$;
