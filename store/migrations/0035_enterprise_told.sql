-- As before, with every issue of the enterprise held first: one that was opened again between the two statements below moved with its enterprise
-- untold, and the desks' counts of both stations were one off for ever.
create or replace function tell_issues() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(1, new.id::integer);
    perform from issue i where i.enterprise_id = new.id order by i.id for update;
    if new.station_id is distinct from old.station_id then
        insert into outbox (issue_id, notices, created_at, before, after)
        select i.id, '[]', now(), standing_of(i), row(i.queue, i.centre, i.area, i.lead, i.co, i.station_id, new.station_id, i.warn_at,
            i.late_at)::standing
        from issue i where i.enterprise_id = new.id and i.open;
    end if;
    update issue set enterprise_name = new.name, enterprise_station = new.station_id where enterprise_id = new.id;
    return null;
end
$$;
