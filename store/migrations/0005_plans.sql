-- What a hundred thousand issues showed: what policies cost to plan, and a search that read tables through.

-- The caller's own policy on issue, asked once for an enterprise. Written out in the policy below it would be expanded, thirteen
-- sub-selects each, in every list that names an enterprise, and planning took longer than the list. The cost keeps the planner from
-- asking it for every enterprise there is.
create function reads_issue_of(enterprise bigint) returns boolean language plpgsql stable cost 2000 as $$
begin
    return exists (select from issue i where i.enterprise_id = enterprise);
end
$$;

-- The same rule as in 0004. Whoever reads no issues (policy editor, administrator, no scope) gets none from the last line either.
alter policy enterprise_scope on enterprise using (
    case (select scope('kind'))
        when 'system' then true
        when 'member' then id = (select scope_id('enterprise'))
            or id in (select m.enterprise_id from membership m where m.person_id = (select scope_id('person')))
        else (select coalesce(scope('kind') in ('centre', 'leader') and scope_id('area') % 100 = 0, false))
            or area = (select case when scope('kind') in ('station', 'centre', 'leader') then scope_id('area') end)
            or reads_issue_of(id)
    end
);

-- Planned for the words at hand: rare words come from the index, for frequent ones the newest are looked through until there are
-- enough. A plan for any words at all read every row. Callers may expect a hundred ids, so that they fetch these issues singly.
drop function search_issues(tsquery, integer);
create function search_issues(query tsquery, most integer) returns setof bigint
language plpgsql stable security definer rows 100
set search_path = public, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
    return query select issue_id from issue_search where tokens @@ query order by issue_id desc limit most;
end
$$;
