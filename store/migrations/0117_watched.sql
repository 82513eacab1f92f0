-- What supervision asked about, ordered or was told of stays theirs to read: by the flag alone a question's own reply, a file that was signed off and a
-- message about a task led to pages that are not there. Which issues those are events say (domain::issue::Issue::watched); this is their projection, and
-- never taken back. The default is for a server of before, which writes none.
alter table issue add column watched boolean not null default false;
comment on column issue.watched is 'Supervision has had to do with it, and goes on reading it (domain::issue::Issue::watched)';
update issue i set watched = true where exists (select from issue_event v where v.issue_id = i.id
    and (v.kind in ('supervised', 'inquired', 'task_overdue') or v.kind = 'overdue' and v.event ->> 'step' = 'promise'));

-- As they were (0093_clock.sql), and what is watched.
alter policy issue_scope on issue using (
    may_read_issue(enterprise_id, station_id, enterprise_station, area, centre, lead, co,
        flags <> '{}' or watched or (open and warn_at < (select clock_now())))
);

create or replace function issue_page(wanted text) returns table (id bigint, number text, enterprise_id bigint, enterprise_name text,
    uscc text, class text, registered integer, serving bigint, title text, body text, place text, contact_name text, contact_phone text,
    events event_row[], photos photo_row[])
language plpgsql stable security definer rows 1 as $$
begin
    return query select i.id, i.number, i.enterprise_id, e.name, e.uscc, e.class, e.area, i.enterprise_station, i.title, i.body, i.place,
        i.contact_name, i.contact_phone,
        array(select row(v.seq, v.at, v.actor::text, v.actor_name, v.event::text)::public.event_row
            from public.issue_event v where v.issue_id = i.id order by v.seq),
        array(select row(p.id, coalesce(p.seq, 1), p.width, p.height)::public.photo_row
            from public.photo p where p.issue_id = i.id order by p.seq, p.ordinal)
    from public.issue i join public.enterprise e on e.id = i.enterprise_id
    where i.number = wanted and (public.may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co,
        i.flags <> '{}' or i.watched or (i.open and i.warn_at < public.clock_now())) or public.may_front_issue(i.board_lead));
end
$$;

create or replace function issue_year(target bigint, since timestamptz, most bigint) returns table (year bigint, dissatisfied bigint)
language plpgsql stable security definer rows 1 as $$
begin
    return query select count(latest.flags), count(*) filter (where latest.flags @> '{dissatisfied}')
    from public.issue i
    left join lateral (select o.flags from public.issue o where o.enterprise_id = i.enterprise_id and o.submitted_at > since
        order by o.last_event_at desc, o.id desc limit most) latest on true
    where i.id = target and (public.may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co,
        i.flags <> '{}' or i.watched or (i.open and i.warn_at < public.clock_now())) or public.may_front_issue(i.board_lead))
    group by i.id;
end
$$;

-- As it was (0089_issue_opening.sql).
create or replace function note_opening(target bigint, at_office text, called text, now_at timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    me bigint := scope_id('staff');
begin
    if me is null or exists (select from issue_opening o
        where o.issue_id = target and o.staff_id = me and o.office = at_office and o.last_at > now_at - interval '1 hour') then
        return false;
    end if;
    insert into issue_opening as o (issue_id, staff_id, office, name, first_at, last_at)
    select i.id, me, at_office, called, now_at, now_at from issue i
    where i.id = target and (may_read_issue(i.enterprise_id, i.station_id, i.enterprise_station, i.area, i.centre, i.lead, i.co,
        i.flags <> '{}' or i.watched or (i.open and i.warn_at < now_at)) or may_front_issue(i.board_lead))
    on conflict (issue_id, staff_id, office) do update set last_at = excluded.last_at, name = excluded.name, times = o.times + 1
        where o.last_at <= excluded.last_at - interval '1 hour';
    return found;
end
$$;

-- As it was (0085_board_lead.sql). A server of before says nothing of it: then the events do.
create or replace function project_issue(target bigint, projection jsonb, notices jsonb) returns void language plpgsql security definer as $$
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
        last_event_at = r.last_event_at, open = r.open, queue = r.queue, extension = r.extension, call_back_due = r.call_back_due,
        call_back_missed = r.call_back_missed, alarm_at = r.alarm_at, owed_by = coalesce(r.owed_by, i.owed_by), tier = coalesce(r.tier, i.tier),
        board_lead = r.board_lead, watched = i.watched or coalesce(r.watched, exists (select from public.issue_event v where v.issue_id = target
            and (v.kind in ('supervised', 'inquired', 'task_overdue') or v.kind = 'overdue' and v.event ->> 'step' = 'promise')))
    where i.id = target;
    after := (select public.standing_of(i) from public.issue i where i.id = target);
    insert into public.outbox (issue_id, notices, created_at, before, after)
    values (target, project_issue.notices, r.last_event_at, before, after);
end
$$;

-- As they were (0071_meeting.sql, 0006_issue_functions.sql), with this column.
create or replace function write_filing(projection jsonb, actor text, actor_name text, event text, hash bytea, notices jsonb,
    out issue_id bigint, out number text, out already boolean) language plpgsql security definer as $$
declare
    r public.issue := jsonb_populate_record(null::public.issue, projection);
    most integer := coalesce((projection ->> 'most_a_day')::integer, 0);
    known_key bigint;
begin
    r.owed_by := coalesce(r.owed_by, '{}');
    r.tier := coalesce(r.tier, 'board');
    r.watched := coalesce(r.watched, false);
    select i.id, i.number, i.key_id into issue_id, number, known_key from public.issue i
    where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
    already := found;
    if not already then
        perform public.hold_enterprise(r.enterprise_id);
        select e.name, e.station_id into strict r.enterprise_name, r.enterprise_station from public.enterprise e where e.id = r.enterprise_id;
    end if;
    if (case coalesce(public.scope('kind'), '')
        when 'key' then r.key_id is distinct from public.scope_id('key')
        when 'system' then false
        when 'member' then r.key_id is not null or not public.may_read_issue(r.enterprise_id, r.station_id, r.enterprise_station, r.area,
            r.centre, r.lead, r.co, false)
        when 'station' then r.key_id is not null or not public.may_read_issue(r.enterprise_id, r.station_id, r.enterprise_station, r.area,
            r.centre, r.lead, r.co, false)
        when 'centre' then r.key_id is not null or not public.may_read_issue(r.enterprise_id, r.station_id, r.enterprise_station, r.area,
            r.centre, r.lead, r.co, false)
        else true end)
    then
        raise exception 'not the issues of this enterprise' using errcode = 'insufficient_privilege';
    end if;
    if already then
        if known_key is distinct from r.key_id then
            raise exception 'the mark of another filing' using errcode = 'insufficient_privilege';
        end if;
        return;
    end if;
    if most > 0 and most <= (select count(*) from (select from public.issue i where i.enterprise_id = r.enterprise_id
        and i.last_event_at > r.submitted_at - interval '1 day' and i.submitted_at > r.submitted_at - interval '1 day' limit most) today)
    then
        raise exception 'too many filings in a day' using errcode = 'check_violation', constraint = 'issue_most_a_day';
    end if;
    r.id := nextval('public.issue_id_seq');
    r.number := public.next_issue_number(r.submitted_at);
    insert into public.issue overriding system value values (r.*) on conflict on constraint issue_client_key do nothing;
    if not found then
        -- The other click of a double click was faster.
        select i.id, i.number, i.key_id into strict issue_id, number, known_key from public.issue i
        where i.enterprise_id = r.enterprise_id and i.client_key = r.client_key;
        if known_key is distinct from r.key_id then
            raise exception 'the mark of another filing' using errcode = 'insufficient_privilege';
        end if;
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

create or replace function import_issues(projections jsonb) returns table (id bigint, client_key uuid, after standing) language plpgsql as $$
#variable_conflict use_column
declare
    r issue;
begin
    for r in select p.* from jsonb_populate_recordset(null::issue, projections) p order by p.submitted_at loop
        r.watched := coalesce(r.watched, false);
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
