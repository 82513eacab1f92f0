-- Administration of accounts: the city's administrator keeps everybody, a district's the accounts of its own area and of that
-- area's departments and stations (domain::staff). What the use cases refuse, policies and triggers refuse again.

-- Whose administrators keep an account. By role: a centre's row that names a department as well is none of that department's.
create function staff_home(role text, area integer, department bigint, station bigint) returns integer
language sql stable parallel safe as $$
    select case role
        when 'handler' then (select d.area from public.department d where d.id = department)
        when 'station' then (select s.area from public.station s where s.id = station)
        else area end
$$;

create policy staff_administration on staff using (
    (select scope('kind')) = 'administrator'
    and ((select scope_id('area') % 100 = 0) or staff_home(role, area, department_id, station_id) = (select scope_id('area')))
);

create function keep_staff() returns trigger language plpgsql as $$
begin
    if new.role = 'station' and (tg_op = 'INSERT'
            or (new.role, new.area, new.station_id) is distinct from (old.role, old.area, old.station_id))
        and new.area is distinct from (select s.area from public.station s where s.id = new.station_id)
    then
        raise exception 'the staff of a station work in its area'
            using errcode = 'check_violation', constraint = 'staff_station_area_check';
    end if;
    if tg_op = 'UPDATE' and old.active and old.role = 'administrator' and old.area % 100 = 0
        and not (new.active and new.role = 'administrator' and new.area = old.area)
    then
        -- One after the other: two who disable each other in the same moment would both see the other one stay.
        perform pg_advisory_xact_lock(6121019);
        if not exists (select from public.staff s where s.id <> old.id and s.active
            and s.role = 'administrator' and s.area % 100 = 0)
        then
            raise exception 'the last administrator of the city stays'
                using errcode = 'check_violation', constraint = 'staff_last_administrator';
        end if;
    end if;
    if public.scope('kind') is distinct from 'administrator' then
        return new;
    end if;
    if tg_op = 'INSERT' then
        if not (new.active and new.must_change_password) then
            raise exception 'what another person knows is a first password' using errcode = 'insufficient_privilege';
        end if;
        return new;
    end if;
    if old.id = public.scope_id('staff') then
        raise exception 'nobody administers the own account' using errcode = 'insufficient_privilege';
    end if;
    if (old.id, old.login, old.created_at) is distinct from (new.id, new.login, new.created_at) then
        raise exception 'whose account it is stays' using errcode = 'insufficient_privilege';
    end if;
    if (new.password_hash is distinct from old.password_hash or old.must_change_password) and not new.must_change_password then
        raise exception 'what another person knows is a first password' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger staff_keep before insert or update on staff for each row execute function keep_staff();

-- Whatever ends an account's rights ends its sessions in the same moment, on every server and whoever did it: the command line,
-- too.
create function end_sessions_of_staff() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from session where staff_id = new.id;
    return null;
end
$$;
create trigger staff_sessions after update on staff for each row
    when ((old.role, old.area, old.department_id, old.station_id, old.active, old.password_hash) is distinct from
        (new.role, new.area, new.department_id, new.station_id, new.active, new.password_hash))
    execute function end_sessions_of_staff();

-- Whether the caller may administer an account; for the functions below, which step over the policies.
create function require_staff_kept(account bigint) returns void language plpgsql stable as $$
begin
    if not coalesce(scope('kind') = 'system' or (scope('kind') = 'administrator' and account is distinct from scope_id('staff')
        and exists (select from staff s where s.id = account
            and (scope_id('area') % 100 = 0
                or staff_home(s.role, s.area, s.department_id, s.station_id) = scope_id('area')))), false)
    then
        raise exception 'not this account' using errcode = 'insufficient_privilege';
    end if;
end
$$;

-- What keeps an account from signing in somewhere now: counters of its name that are used up (app::account::act).
create function staff_tries(account bigint, now_at timestamptz) returns bigint
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    perform require_staff_kept(account);
    return (select count(*) from rate_limit r join staff s on s.id = account and starts_with(r.key, 'staff:' || s.login || ':')
        where case when r.key = 'staff:' || s.login || ':all' then r.count >= 100 and r.window_start > now_at - interval '1 hour'
            else r.count >= 5 and r.window_start > now_at - interval '10 minutes' end);
end
$$;
create function forget_staff_tries(account bigint) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    forgotten bigint;
begin
    perform require_staff_kept(account);
    delete from rate_limit r using staff s where s.id = account and starts_with(r.key, 'staff:' || s.login || ':');
    get diagnostics forgotten = row_count;
    return forgotten;
end
$$;

-- What is open in an account's name, and is not in a queue of its department, centre or station. Administrators have no
-- business with what it says: they see how much there is.
create function staff_pieces(account bigint) returns table (piece text, number text, title text, link text)
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
$$;
create function staff_work(account bigint)
returns table (unread bigint, drafts bigint, submitted bigint, proposals bigint, entries bigint)
language plpgsql stable security definer rows 1 set search_path = public, pg_temp as $$
begin
    perform require_staff_kept(account);
    return query select (select count(*) from message m where m.staff_id = account and m.read_at is null),
        count(*) filter (where p.piece = 'draft'), count(*) filter (where p.piece = 'submitted'),
        count(*) filter (where p.piece = 'proposal'), count(*) filter (where p.piece = 'entry')
    from staff_pieces(account) p;
end
$$;

-- Hands what is open to a colleague of the same duty: unread messages go over, where the colleague has not had them anyway, and
-- of each piece a message tells where it is. Whoever signed a draft or a proposal stays its signer: four eyes are two people's.
-- `pieces`, `titles` and `bodies` are the words for each kind.
create function hand_over_work(giver bigint, taker bigint, pieces text[], titles text[], bodies text[], at timestamptz)
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
    update message m set read_at = at where m.staff_id = giver and m.read_at is null;
    insert into message (staff_id, number, kind, title, body, link, created_at)
    select taker, p.number, 'handed_over', w.title, replace(w.body, '{title}', p.title), p.link, at
    from staff_pieces(giver) p join unnest(pieces, titles, bodies) as w (piece, title, body) on w.piece = p.piece;
    get diagnostics told = row_count;
    return next;
end
$$;
