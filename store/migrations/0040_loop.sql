-- What an issue waits for beside its state: a ruling on more time, a call-back, the next limit that somebody must be told of. Empty for what
-- was there before: its events owe none of it (domain::issue::event), but for `alarm_at`, which 0044 fills.
alter table issue add column extension integer;
comment on column issue.extension is '申请延期: working days more that a department asked for and the centre has not ruled on';
alter table issue add column call_back_due timestamptz;
comment on column issue.call_back_due is '回访 owed by; null once somebody was reached or it was tried often enough';
alter table issue add column call_back_missed integer;
comment on column issue.call_back_missed is 'How often nobody was reached since the answer';
alter table issue add column alarm_at timestamptz;
comment on column issue.alarm_at is 'When the next limit warns, is overdue or climbs; null when none does (domain::issue::alarm)';

-- As before, with these columns.
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
        call_back_missed = r.call_back_missed, alarm_at = r.alarm_at
    where i.id = target;
    after := (select public.standing_of(i) from public.issue i where i.id = target);
    insert into public.outbox (issue_id, notices, created_at, before, after)
    values (target, project_issue.notices, r.last_event_at, before, after);
end
$$;
