-- What the tests of the second wall found: an outbox nobody could drain, who may write reference data, whose messages count, how
-- long staff stay signed in.

-- `for update skip locked` asks for the policies of an update besides those of reading; without one the drain found no row.
create policy outbox_lock on outbox for update using ((select scope('kind')) = 'system');

-- Everybody names departments and stations; only the system writes them.
alter table area enable row level security;
create policy area_read on area for select using (true);
create policy area_write on area using ((select scope('kind')) = 'system');
alter table department enable row level security;
create policy department_read on department for select using (true);
create policy department_write on department using ((select scope('kind')) = 'system');
alter table station enable row level security;
create policy station_read on station for select using (true);
create policy station_write on station using ((select scope('kind')) = 'system');
alter table calendar_day enable row level security;
create policy calendar_day_read on calendar_day for select using (true);
create policy calendar_day_write on calendar_day using ((select scope('kind')) = 'system');

-- The base of a day's numbers is written by this function alone.
alter function next_issue_number(timestamptz) security definer set search_path = public, pg_temp;
revoke insert, update on issue_day from qifu_app;

-- The record of migrations is the owner's; `grant … on all tables` had caught it where sqlx had made it before.
do $$
begin
    if to_regclass('public._sqlx_migrations') is not null then
        revoke all on _sqlx_migrations from qifu_app;
    end if;
end
$$;

-- An enterprise may file outside the area it is registered in, and move: whoever reads the issue reads whose it is. Without this,
-- lists that join the enterprise would lose rows that the counts have.
alter policy enterprise_scope on enterprise using (
    case (select scope('kind'))
        when 'member' then id = (select scope_id('enterprise'))
            or id in (select m.enterprise_id from membership m where m.person_id = (select scope_id('person')))
        when 'station' then area = (select scope_id('area')) or exists (select from issue i where i.enterprise_id = enterprise.id)
        when 'centre' then (select scope_id('area') % 100 = 0) or area = (select scope_id('area'))
            or exists (select from issue i where i.enterprise_id = enterprise.id)
        when 'leader' then (select scope_id('area') % 100 = 0) or area = (select scope_id('area'))
            or exists (select from issue i where i.enterprise_id = enterprise.id)
        when 'handler' then exists (select from issue i where i.enterprise_id = enterprise.id)
        when 'supervisor' then exists (select from issue i where i.enterprise_id = enterprise.id)
        when 'system' then true
        else false
    end
);

-- As in 0003, but staff stay for twelve hours after their last use (store::identity::STAFF_SESSION_HOURS) whatever a member's
-- session gets, and the messages counted are those of the enterprise chosen, which are the ones listed.
create or replace function open_session(hash bytea, now_at timestamptz, ttl interval) returns setof session_row
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
        s.expires_at := now_at + case when s.staff_id is null then ttl else least(ttl, interval '12 hours') end;
        update session set seen_at = now_at, expires_at = s.expires_at where token_hash = hash;
    end if;
    r.expires_at := s.expires_at;
    if s.person_id is not null then
        select p.id, p.name, p.phone, e.id, e.name, m.role,
            (select count(*) from membership where person_id = p.id),
            (select count(*) from message where person_id = p.id and read_at is null
                and (enterprise_id = m.enterprise_id or enterprise_id is null))
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
