-- The desk at work, mended: what somebody handles within an office goes along when their work is handed over, and does not stay with whoever left it; a
-- bulk command keeps what became of each row as soon as it is known.

grant update (lines) on bulk_run to qifu_app;

create or replace function staff_pieces(account bigint) returns table (piece text, number text, title text, link text)
language sql stable as $$
    select v.state, i.code, v.title, '/desk/policies/' || i.code || '/edit'
    from policy_version v join policy_item i on i.id = v.item_id
    where v.written_by = account and v.state in ('draft', 'submitted')
    union all
    select 'proposal', a.number, a.title, '/desk/applications/' || a.number
    from application a
    where a.proposed_by = account and a.approved_amount is null and a.state not in ('paid', 'rejected', 'withdrawn')
    union all
    select 'entry', c.code, coalesce(c.entry ->> 'name', c.entry ->> 'text', c.code), '/desk/policies/libraries'
    from policy_library_change c where c.proposed_by = account and c.decided_at is null
    union all
    select 'assigned', i.number, i.title, '/desk/issues/' || i.number
    from issue_assignment a join issue i on i.id = a.issue_id
    where a.staff_id = account and i.open
$$;

drop function staff_work(bigint);
create function staff_work(account bigint)
returns table (unread bigint, drafts bigint, submitted bigint, proposals bigint, entries bigint, assigned bigint)
language plpgsql stable security definer rows 1 set search_path = public, pg_temp as $$
begin
    perform require_staff_kept(account);
    return query select (select count(*) from message m where m.staff_id = account and m.read_at is null),
        count(*) filter (where p.piece = 'draft'), count(*) filter (where p.piece = 'submitted'),
        count(*) filter (where p.piece = 'proposal'), count(*) filter (where p.piece = 'entry'), count(*) filter (where p.piece = 'assigned')
    from staff_pieces(account) p;
end
$$;

-- As 0019_staff.sql has it; what the giver handles is the taker's from then on, and an internal note says so.
create or replace function hand_over_work(giver bigint, taker bigint, pieces text[], titles text[], bodies text[], at timestamptz)
returns table (messages bigint, told bigint)
language plpgsql security definer rows 1 set search_path = public, pg_temp as $$
begin
    perform require_staff_kept(giver), require_staff_kept(taker);
    if not exists (select from staff g join staff t on (t.role, t.area, t.department_id, t.station_id) is not distinct from
        (g.role, g.area, g.department_id, g.station_id) where g.id = giver and t.id = taker and t.active and t.id <> g.id)
    then
        raise exception 'not a colleague' using errcode = 'insufficient_privilege';
    end if;
    insert into message (staff_id, enterprise_id, issue_id, number, kind, title, body, link, created_at)
    select taker, m.enterprise_id, m.issue_id, m.number, m.kind, m.title, m.body, m.link, m.created_at
    from message m where m.staff_id = giver and m.read_at is null and not exists (select from message o where o.staff_id = taker
        and (o.number, o.kind, o.title, o.body, o.created_at) = (m.number, m.kind, m.title, m.body, m.created_at))
    order by m.id;
    get diagnostics messages = row_count;
    update message m set read_at = hand_over_work.at where m.staff_id = giver and m.read_at is null;
    insert into message (staff_id, number, kind, title, body, link, created_at)
    select taker, p.number, 'handed_over', w.title, replace(w.body, '{title}', p.title), p.link, hand_over_work.at
    from staff_pieces(giver) p join unnest(pieces, titles, bodies) as w (piece, title, body) on w.piece = p.piece;
    get diagnostics told = row_count;
    insert into issue_note (issue_id, staff_id, author, body, created_at)
    select a.issue_id, me.id, me.name, g.name || ' 的工作移交给 ' || t.name || '，由其经办', hand_over_work.at
    from issue_assignment a join issue i on i.id = a.issue_id and i.open, staff g, staff t, staff me
    where a.staff_id = giver and g.id = giver and t.id = taker and me.id = scope_id('staff');
    update issue_assignment a set staff_id = t.id, staff_name = t.name, at = hand_over_work.at
    from staff t where a.staff_id = giver and t.id = taker;
    return next;
end
$$;

-- Whoever leaves an office handles nothing there any more, and nobody stands in for them or by them: what was theirs is everybody's of the office.
create function leave_office() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.active and office_of(new.role, new.area, new.department_id, new.station_id)
        is not distinct from office_of(old.role, old.area, old.department_id, old.station_id)
    then
        return null;
    end if;
    delete from issue_assignment a where a.staff_id = new.id;
    update substitution s set ended_at = greatest(s.created_at, now()) where s.ended_at is null and new.id in (s.absent_id, s.substitute_id);
    return null;
end
$$;
create trigger staff_leaves after update of active, role, area, department_id, station_id on staff
    for each row execute function leave_office();

delete from issue_assignment a using staff s where s.id = a.staff_id
    and (not s.active or office_of(s.role, s.area, s.department_id, s.station_id) is distinct from a.office);
