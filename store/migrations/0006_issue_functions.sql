-- What is asked of issues in one round trip, and what needs more rights than whoever asks. Functions with the owner's rights that every
-- page calls name their tables with the schema instead of setting a search path, which would cost more than their look-ups.

create function next_issue_number(at timestamptz) returns text language plpgsql security definer as $$
declare
    today date := (at at time zone 'Asia/Shanghai')::date;
    day_base bigint;
    n bigint;
begin
    select base into day_base from public.issue_day where day = today;
    if day_base is null then
        insert into public.issue_day (day, base) values (today, nextval('public.issue_number_seq')) on conflict do nothing;
        select base into day_base from public.issue_day where day = today;
    end if;
    n := nextval('public.issue_number_seq') - day_base;
    return 'HZ-' || to_char(today, 'YYYY-MMDD') || lpad(n::text, greatest(5, length(n::text)), '0');
end
$$;

-- How an issue stands for the desk's counts; null while it is not open.
create function standing_of(i issue) returns standing language sql immutable as $$
    select case when i.open then row(i.queue, i.centre, i.area, i.lead, i.co, i.station_id, i.enterprise_station, i.warn_at,
        i.late_at)::public.standing end
$$;

-- A filing moves to another station with its enterprise: the trigger below waits for filings under way, and they for it.
create function hold_enterprise(enterprise bigint) returns void language sql as $$
    select pg_advisory_xact_lock_shared(1, enterprise::integer)
$$;

-- Files an issue: projection, first event, outbox. With the owner's rights, so that the policies of three tables are not asked one by
-- one; it asks itself who files (S-3: members, or the station beside them) and whether they may read what they file. The same key of
-- the same enterprise answers the number it got the first time.
create function write_filing(projection jsonb, actor text, actor_name text, event text, hash bytea, notices jsonb,
    out issue_id bigint, out number text, out already boolean) language plpgsql security definer as $$
declare
    r public.issue := jsonb_populate_record(null::public.issue, projection);
begin
    select i.id, i.number into issue_id, number from public.issue i
    where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
    already := found;
    if not already then
        perform public.hold_enterprise(r.enterprise_id);
        select e.name, e.station_id into strict r.enterprise_name, r.enterprise_station from public.enterprise e where e.id = r.enterprise_id;
    end if;
    if public.scope('kind') not in ('member', 'station', 'system') or public.scope('kind') is null
        or not public.may_read_issue(r.enterprise_id, r.station_id, r.enterprise_station, r.area, r.centre, r.lead, r.co, false)
    then
        raise exception 'not the issues of this enterprise' using errcode = 'insufficient_privilege';
    end if;
    if already then
        return;
    end if;
    r.id := nextval('public.issue_id_seq');
    r.number := public.next_issue_number(r.submitted_at);
    insert into public.issue overriding system value values (r.*) on conflict on constraint issue_client_key do nothing;
    if not found then
        -- The other click of a double click was faster.
        select i.id, i.number into strict issue_id, number from public.issue i
        where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
        already := true;
        return;
    end if;
    insert into public.issue_event (issue_id, seq, at, kind, actor, actor_name, event, hash)
    values (r.id, 1, r.submitted_at, 'submitted', write_filing.actor::json, write_filing.actor_name, write_filing.event::json,
        write_filing.hash);
    insert into public.outbox (issue_id, notices, created_at, after)
    values (r.id, write_filing.notices, r.submitted_at, public.standing_of(r));
    issue_id := r.id;
    number := r.number;
end
$$;

-- A filing with its pictures, one round trip. The caller's rights: only pictures of its own become the issue's.
create function file_issue(projection jsonb, actor text, actor_name text, event text, hash bytea, notices jsonb, photos uuid[],
    out issue_id bigint, out number text, out already boolean) language plpgsql as $$
begin
    select w.issue_id, w.number, w.already into issue_id, number, already
    from write_filing(projection, actor, actor_name, event, hash, notices) w;
    if not already and cardinality(photos) > 0 then
        update photo p set issue_id = file_issue.issue_id, seq = 1, ordinal = u.ordinality
        from unnest(file_issue.photos) with ordinality u (id, ordinality)
        where p.id = u.id and p.issue_id is null and p.enterprise_id = (projection ->> 'enterprise_id')::bigint;
    end if;
end
$$;

-- Writes what an issue has become and what is to be told of it. Definer's rights, because a command may end its author's own view (a
-- department that returns an issue), which the policy would refuse for the new row. So it has to ask: only in the transaction that
-- has just appended the event of this very version, which the caller's own policy allowed. On its own it would be a way to change any
-- issue there is.
create function project_issue(target bigint, projection jsonb, notices jsonb) returns void language plpgsql security definer as $$
declare
    r public.issue := jsonb_populate_record(null::public.issue, projection);
    before public.standing;
    after public.standing;
begin
    if not exists (select from public.issue_event where issue_id = target and seq = r.version and xmin = pg_current_xact_id()::xid) then
        raise exception 'issue % has no new event %', target, r.version using errcode = 'insufficient_privilege';
    end if;
    before := (select public.standing_of(i) from public.issue i where i.id = target);
    update public.issue i set centre = r.centre, state = r.state, round = r.round, version = r.version, category = r.category,
        board = r.board, level = r.level, urgency = r.urgency, lead = r.lead, co = r.co, proposed = r.proposed, returned = r.returned,
        due_at = r.due_at, warn_at = r.warn_at, late_at = r.late_at, pause_cap = r.pause_cap, answered_at = r.answered_at,
        ended_at = r.ended_at, outcome = r.outcome, rating_level = r.rating_level, rating_solved = r.rating_solved, flags = r.flags,
        last_event_at = r.last_event_at, open = r.open, queue = r.queue
    where i.id = target;
    after := (select public.standing_of(i) from public.issue i where i.id = target);
    insert into public.outbox (issue_id, notices, created_at, before, after)
    values (target, project_issue.notices, r.last_event_at, before, after);
end
$$;

-- Many issues at once, numbered in the order of their submission (store::issue::history). The caller counts them.
create function import_issues(projections jsonb) returns table (id bigint, client_key uuid, after standing) language plpgsql as $$
#variable_conflict use_column
declare
    r issue;
begin
    for r in select p.* from jsonb_populate_recordset(null::issue, projections) p order by p.submitted_at loop
        r.id := nextval('issue_id_seq');
        r.number := next_issue_number(r.submitted_at);
        perform hold_enterprise(r.enterprise_id);
        select e.name, e.station_id into strict r.enterprise_name, r.enterprise_station from enterprise e where e.id = r.enterprise_id;
        insert into issue overriding system value values (r.*);
        id := r.id;
        client_key := r.client_key;
        after := standing_of(r);
        return next;
    end loop;
end
$$;

-- An enterprise has another name or another station: so have its issues. Filings under way are waited for; later ones read it anew.
create function tell_issues() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(1, new.id::integer);
    if new.station_id is distinct from old.station_id then
        insert into outbox (issue_id, notices, created_at, before, after)
        select i.id, '[]', now(), standing_of(i), row(i.queue, i.centre, i.area, i.lead, i.co, i.station_id, new.station_id, i.warn_at,
            i.late_at)::standing
        from issue i where i.enterprise_id = new.id and i.open for update;
    end if;
    update issue set enterprise_name = new.name, enterprise_station = new.station_id where enterprise_id = new.id;
    return null;
end
$$;
create trigger enterprise_told after update of name, station_id on enterprise for each row
    when ((old.name, old.station_id) is distinct from (new.name, new.station_id)) execute function tell_issues();

-- An enterprise that filed stays, and so does whoever filed for it; a filing under way is waited for.
create function keep_filed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_table_name = 'enterprise' then
        perform pg_advisory_xact_lock(1, old.id::integer);
        if not exists (select from issue where enterprise_id = old.id) then
            return old;
        end if;
    elsif not exists (select from issue where filed_by = old.id) then
        return old;
    end if;
    raise exception '% % is referred to by issues', tg_table_name, old.id
        using errcode = 'foreign_key_violation', constraint = 'issue_' || tg_table_name || '_fkey';
end
$$;
create trigger enterprise_filed before delete on enterprise for each row execute function keep_filed();
create trigger person_filed before delete on person for each row execute function keep_filed();

-- ---- Reading ----

create type event_row as (seq integer, at timestamptz, actor text, actor_name text, event text);
create type photo_row as (id uuid, seq integer, width integer, height integer);

-- An issue whole. The rule of the issue's policy is asked once, and not again for each event, each picture and the enterprise, all of
-- which are as visible as the issue. No row where the scope may not read it.
create function issue_page(wanted text) returns table (id bigint, number text, enterprise_id bigint, enterprise_name text, uscc text,
    class text, title text, body text, place text, contact_name text, contact_phone text, events event_row[], photos photo_row[])
language plpgsql stable security definer rows 1 as $$
begin
    return query select i.id, i.number, i.enterprise_id, e.name, e.uscc, e.class, i.title, i.body, i.place, i.contact_name, i.contact_phone,
        array(select row(v.seq, v.at, v.actor::text, v.actor_name, v.event::text)::public.event_row
            from public.issue_event v where v.issue_id = i.id order by v.seq),
        array(select row(p.id, coalesce(p.seq, 1), p.width, p.height)::public.photo_row
            from public.photo p where p.issue_id = i.id order by p.seq, p.ordinal)
    from public.issue i join public.enterprise e on e.id = i.enterprise_id
    where i.number = wanted and public.may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co,
        i.flags <> '{}' or (i.open and i.late_at < now()));
end
$$;

-- Under row-level security `@@` may not use an index before the policy has been asked (it is not leakproof), so the words are
-- looked up here, newest first, and every id found goes through the policy again in the caller's query. Planned for the words at
-- hand: rare words come from the index, for frequent ones the newest are looked through until there are enough; a plan for any
-- words at all read every row. Callers may expect a hundred ids, so that they fetch these issues singly.
create function search_issues(query tsquery, most integer) returns setof bigint
language plpgsql stable security definer rows 100
set search_path = public, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
    return query select issue_id from issue_search where tokens @@ query order by issue_id desc limit most;
end
$$;

-- Open issues a department takes part in; `@>` is not leakproof either.
create function issues_with_co(department bigint) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select id from issue where open and co <> '{}' and co @> array[department]
$$;
