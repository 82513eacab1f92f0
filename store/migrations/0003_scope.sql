-- The second wall (the first is app::api): row-level security by the scope of the session.
--
-- `open_session` is the only way a request gets a scope: it finds the session by the hash of its token and sets the scope on the
-- connection in the same round trip. Settings live on the connection, so whoever takes one from the pool sets or clears them first
-- (store::Store). Every policy reads them through a sub-select, which PostgreSQL evaluates once per statement.

create function scope(name text) returns text language sql stable parallel safe as $$
    select nullif(current_setting('qifu.' || name, true), '')
$$;
create function scope_id(name text) returns bigint language sql stable parallel safe as $$
    select nullif(current_setting('qifu.' || name, true), '')::bigint
$$;

create function set_scope(kind text, person bigint, enterprise bigint, staff bigint, area integer, department bigint, station bigint)
returns void language sql as $$
    select set_config('qifu.kind', coalesce(kind, ''), false), set_config('qifu.person', coalesce(person::text, ''), false),
        set_config('qifu.enterprise', coalesce(enterprise::text, ''), false), set_config('qifu.staff', coalesce(staff::text, ''), false),
        set_config('qifu.area', coalesce(area::text, ''), false), set_config('qifu.department', coalesce(department::text, ''), false),
        set_config('qifu.station', coalesce(station::text, ''), false)
$$;

create type session_row as (
    person_id bigint, person_name text, phone text, enterprise_id bigint, enterprise_name text, member_role text,
    enterprise_count bigint, staff_id bigint, login text, staff_name text, role text, area integer, department_id bigint,
    station_id bigint, organisation text, must_change_password boolean, unread bigint, expires_at timestamptz
);

-- Finds a live session, sets the scope, slides the expiry at most every ten minutes. No session: an empty scope and no row.
create function open_session(hash bytea, now_at timestamptz, ttl interval) returns setof session_row
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    s session;
    r session_row;
begin
    select * into s from session where token_hash = hash and expires_at > now_at;
    if not found then
        perform set_scope('', null, null, null, null, null, null);
        return;
    end if;
    if s.seen_at < now_at - interval '10 minutes' then
        s.expires_at := now_at + ttl;
        update session set seen_at = now_at, expires_at = s.expires_at where token_hash = hash;
    end if;
    r.expires_at := s.expires_at;
    if s.person_id is not null then
        select p.id, p.name, p.phone, e.id, e.name, m.role,
            (select count(*) from membership where person_id = p.id),
            (select count(*) from message where person_id = p.id and read_at is null)
        into r.person_id, r.person_name, r.phone, r.enterprise_id, r.enterprise_name, r.member_role, r.enterprise_count, r.unread
        from person p
        left join membership m on m.person_id = p.id and m.enterprise_id = s.enterprise_id
        left join enterprise e on e.id = m.enterprise_id
        where p.id = s.person_id;
        perform set_scope('member', r.person_id, r.enterprise_id, null, null, null, null);
    else
        select t.id, t.login, t.name, t.role, t.area, t.department_id, t.station_id, t.must_change_password,
            case t.role when 'handler' then d.name when 'station' then st.name when 'centre' then a.name || '企服中心' else a.name end,
            (select count(*) from message where staff_id = t.id and read_at is null)
        into r.staff_id, r.login, r.staff_name, r.role, r.area, r.department_id, r.station_id, r.must_change_password,
            r.organisation, r.unread
        from staff t
        left join department d on d.id = t.department_id
        left join station st on st.id = t.station_id
        left join area a on a.code = t.area
        where t.id = s.staff_id and t.active;
        if not found then
            perform set_scope('', null, null, null, null, null, null);
            return;
        end if;
        perform set_scope(r.role, null, null, r.staff_id, r.area, r.department_id, r.station_id);
    end if;
    return next r;
end
$$;

-- The enterprises a station serves. Definer's rights: the policies of issue and enterprise would otherwise ask each other in a
-- circle.
create function station_enterprises(station bigint) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select id from enterprise where station_id = station
$$;

-- The enterprises of an area, likewise: station staff look up the member beside them (代办).
create function area_enterprises(code integer) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select id from enterprise where area = code
$$;

alter table issue enable row level security;
-- domain::issue::permission::may_read, said again. Sub-selects are evaluated once per statement, so a row costs comparisons only.
create policy issue_scope on issue using (
    case (select scope('kind'))
        when 'member' then enterprise_id = (select scope_id('enterprise'))
        when 'station' then station_id = (select scope_id('station'))
            or enterprise_id in (select station_enterprises((select scope_id('station'))))
        when 'centre' then (select scope_id('area') % 100 = 0)
            or area = (select scope_id('area')) or centre = (select scope_id('area'))
        when 'handler' then lead = (select scope_id('department')) or co @> array[(select scope_id('department'))]
        when 'supervisor' then ((select scope_id('area') % 100 = 0) or area = (select scope_id('area')))
            and (flags <> '{}' or (open and late_at < now()))
        when 'leader' then (select scope_id('area') % 100 = 0) or area = (select scope_id('area'))
        when 'system' then true
        else false
    end
);

-- Everything of an issue is as visible as the issue: these sub-selects run under the issue's own policy.
alter table issue_event enable row level security;
create policy issue_event_scope on issue_event using (exists (select from issue i where i.id = issue_id));
alter table photo enable row level security;
create policy photo_scope on photo using (
    case when issue_id is not null then exists (select from issue i where i.id = issue_id)
    -- Not filed yet: only whoever took it.
    else case (select scope('kind'))
        when 'member' then person_id = (select scope_id('person')) and enterprise_id = (select scope_id('enterprise'))
        when 'station' then staff_id = (select scope_id('staff'))
        when 'system' then true
        else false end
    end
);
alter table issue_search enable row level security;
create policy issue_search_scope on issue_search using (exists (select from issue i where i.id = issue_id));
alter table outbox enable row level security;
create policy outbox_scope on outbox for select using ((select scope('kind')) = 'system');
create policy outbox_drain on outbox for delete using ((select scope('kind')) = 'system');
create policy outbox_write on outbox for insert with check (exists (select from issue i where i.id = issue_id));
alter table message enable row level security;
create policy message_scope on message using (
    case (select scope('kind')) when 'system' then true
        when 'member' then person_id = (select scope_id('person'))
        else staff_id = (select scope_id('staff')) end
);

alter table enterprise enable row level security;
create policy enterprise_scope on enterprise using (
    case (select scope('kind'))
        when 'member' then id = (select scope_id('enterprise'))
            or id in (select m.enterprise_id from membership m where m.person_id = (select scope_id('person')))
        when 'station' then area = (select scope_id('area'))
        when 'centre' then (select scope_id('area') % 100 = 0) or area = (select scope_id('area'))
            or exists (select from issue i where i.enterprise_id = enterprise.id)
        when 'leader' then (select scope_id('area') % 100 = 0) or area = (select scope_id('area'))
        when 'handler' then exists (select from issue i where i.enterprise_id = enterprise.id)
        when 'supervisor' then exists (select from issue i where i.enterprise_id = enterprise.id)
        when 'system' then true
        else false
    end
);
alter table membership enable row level security;
create policy membership_scope on membership using (
    case (select scope('kind'))
        when 'member' then person_id = (select scope_id('person')) or enterprise_id = (select scope_id('enterprise'))
        when 'station' then enterprise_id in (select area_enterprises((select scope_id('area'))::integer))
        when 'system' then true
        else false
    end
);
alter table person enable row level security;
create policy person_scope on person using (
    case (select scope('kind'))
        when 'member' then id = (select scope_id('person')) or id in (select m.person_id from membership m where m.enterprise_id = (select scope_id('enterprise')))
        when 'station' then id in (select m.person_id from membership m)
        when 'system' then true
        else false
    end
);
-- Identity belongs to the system scope alone: sign-in, sessions, passwords, codes, counters, jobs.
alter table staff enable row level security;
create policy staff_scope on staff using ((select scope('kind')) = 'system');
alter table session enable row level security;
create policy session_scope on session using ((select scope('kind')) = 'system');
alter table login_code enable row level security;
create policy login_code_scope on login_code using ((select scope('kind')) = 'system');
alter table rate_limit enable row level security;
create policy rate_limit_scope on rate_limit using ((select scope('kind')) = 'system');
alter table job enable row level security;
create policy job_scope on job using ((select scope('kind')) = 'system');

-- Under row-level security `@@` may not use an index before the policy has been asked (it is not leakproof), so the words are
-- looked up here, newest first, and every id found goes through the policy again in the caller's query.
create function search_issues(query tsquery, most integer) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select issue_id from issue_search where tokens @@ query order by issue_id desc limit most
$$;

-- Open issues a department takes part in; `@>` is not leakproof either.
create function issues_with_co(department bigint) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select id from issue where open and co <> '{}' and co @> array[department]
$$;

-- One round trip files an issue whole: projection, first event, outbox, photos. Runs with the caller's rights, so the policies check
-- every row. The same key of the same enterprise answers the number it got the first time.
create function file_issue(projection jsonb, actor text, actor_name text, event text, hash bytea, notices jsonb, photos uuid[],
    out issue_id bigint, out number text, out already boolean) language plpgsql as $$
declare
    r issue := jsonb_populate_record(null::issue, projection);
begin
    select i.id, i.number into issue_id, number from issue i where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
    already := found;
    if already then
        return;
    end if;
    r.id := nextval(pg_get_serial_sequence('issue', 'id'));
    r.number := next_issue_number(r.submitted_at);
    begin
        insert into issue overriding system value values (r.*);
    exception when unique_violation then
        -- The other click of a double click was faster.
        select i.id, i.number into strict issue_id, number from issue i
        where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
        already := true;
        return;
    end;
    insert into issue_event (issue_id, seq, at, kind, actor, actor_name, event, hash)
    values (r.id, 1, r.submitted_at, 'submitted', file_issue.actor::json, file_issue.actor_name, file_issue.event::json, file_issue.hash);
    insert into outbox (issue_id, notices, created_at) values (r.id, file_issue.notices, r.submitted_at);
    if cardinality(photos) > 0 then
        update photo p set issue_id = r.id, seq = 1, ordinal = u.ordinality
        from unnest(file_issue.photos) with ordinality u (id, ordinality)
        where p.id = u.id and p.issue_id is null and p.enterprise_id = r.enterprise_id;
    end if;
    issue_id := r.id;
    number := r.number;
end
$$;

-- Writes what an issue has become. Definer's rights, because a command may end its author's own view (a department that returns an
-- issue), which the policy would refuse for the new row; the row was locked, and its events were written, under the caller's rights.
create function project_issue(target bigint, projection jsonb) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    r issue := jsonb_populate_record(null::issue, projection);
begin
    update issue set centre = r.centre, state = r.state, round = r.round, version = r.version, category = r.category, board = r.board,
        level = r.level, urgency = r.urgency, lead = r.lead, co = r.co, proposed = r.proposed, returned = r.returned, due_at = r.due_at,
        warn_at = r.warn_at, late_at = r.late_at, pause_cap = r.pause_cap, answered_at = r.answered_at, ended_at = r.ended_at,
        outcome = r.outcome, rating_level = r.rating_level, rating_solved = r.rating_solved, flags = r.flags,
        last_event_at = r.last_event_at, open = r.open
    where id = target;
end
$$;

-- Many issues at once, numbered in the order of their submission (store::issue::history).
create function import_issues(projections jsonb) returns table (id bigint, client_key uuid) language plpgsql as $$
#variable_conflict use_column
declare
    r issue;
begin
    for r in select p.* from jsonb_populate_recordset(null::issue, projections) p order by p.submitted_at loop
        r.id := nextval(pg_get_serial_sequence('issue', 'id'));
        r.number := next_issue_number(r.submitted_at);
        insert into issue overriding system value values (r.*);
        id := r.id;
        client_key := r.client_key;
        return next;
    end loop;
end
$$;

grant usage on schema public to qifu_app;
grant select, insert, update on all tables in schema public to qifu_app;
grant delete on outbox, session, login_code, rate_limit, job, photo, membership to qifu_app;
revoke update on issue_event from qifu_app;
-- `for update` wants a right to update something; the projection itself is written by project_issue alone.
revoke update on issue from qifu_app;
grant update (version) on issue to qifu_app;
grant usage on all sequences in schema public to qifu_app;
