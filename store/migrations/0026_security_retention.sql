-- The security log, too, is kept for a time (domain::retention). It stays append-only to everybody: what is younger than half a year, which
-- is how long the law wants such a log kept (网络安全法 第二十一条), cannot be deleted by anybody; older lines only by the function below.
-- No line of it is part of a chain (0018_audit.sql).

drop trigger security_event_append_only on security_event;
create function keep_security_event() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.at < now() - interval '183 days'
        and current_setting('qifu.forgetting', true) is not distinct from 'security_event'
    then
        return old;
    end if;
    raise exception 'the security log only grows' using errcode = 'restrict_violation';
end
$$;
create trigger security_event_append_only before update or delete on security_event for each row execute function keep_security_event();
create trigger security_event_no_truncate before truncate on security_event for each statement execute function refuse_change();

create function forget_security_events(before timestamptz, most integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    forgotten bigint;
begin
    if scope('kind') is distinct from 'system' then
        raise exception 'the system''s alone' using errcode = 'insufficient_privilege';
    end if;
    perform set_config('qifu.forgetting', 'security_event', true);
    delete from security_event where id = any (array(
        select e.id from security_event e where e.at < least(before, now() - interval '183 days') order by e.id limit most));
    get diagnostics forgotten = row_count;
    perform set_config('qifu.forgetting', '', true);
    return forgotten;
end
$$;
