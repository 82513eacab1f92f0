-- Who may write, where reading is wider. Until here whoever saw a row could change it, and a member could have put itself into any
-- enterprise, if only one statement of the application had been wrong.

-- Made and changed by the system alone: sign-in, imports, the command line, the outbox worker. Restrictive policies are asked
-- besides the ones before.
create policy enterprise_insert on enterprise as restrictive for insert with check ((select scope('kind')) = 'system');
create policy enterprise_update on enterprise as restrictive for update using ((select scope('kind')) = 'system');
create policy membership_insert on membership as restrictive for insert with check ((select scope('kind')) = 'system');
create policy membership_update on membership as restrictive for update using ((select scope('kind')) = 'system');
create policy membership_delete on membership as restrictive for delete using ((select scope('kind')) = 'system');
create policy person_insert on person as restrictive for insert with check ((select scope('kind')) = 'system');
create policy person_update on person as restrictive for update using ((select scope('kind')) = 'system');
create policy issue_search_insert on issue_search as restrictive for insert with check ((select scope('kind')) = 'system');
create policy issue_search_update on issue_search as restrictive for update using ((select scope('kind')) = 'system');
create policy message_insert on message as restrictive for insert with check ((select scope('kind')) = 'system');

-- A message is read, never rewritten.
revoke update on message from qifu_app;
grant update (read_at) on message to qifu_app;

-- Issues are filed by members, or by the station beside them (S-3).
create policy issue_insert on issue as restrictive for insert
    with check ((select scope('kind')) in ('member', 'station', 'system'));
-- Supervisors and leaders look on; everybody else who reads an issue may have a command for it, which the rules decide.
create policy issue_event_insert on issue_event as restrictive for insert
    with check ((select scope('kind')) in ('member', 'station', 'centre', 'handler', 'system'));
-- A picture that came with an event stays with it.
create policy photo_attach on photo as restrictive for update using (issue_id is null or (select scope('kind')) = 'system')
    with check (true);
create policy photo_delete on photo as restrictive for delete using ((select scope('kind')) = 'system');

-- With the owner's rights, so it has to ask: only in the transaction that has just appended the event of this very version, which
-- the caller's own policy allowed. On its own it was a way to change any issue there is.
create or replace function project_issue(target bigint, projection jsonb) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    r issue := jsonb_populate_record(null::issue, projection);
begin
    if not exists (select from issue_event where issue_id = target and seq = r.version and xmin = pg_current_xact_id()::xid) then
        raise exception 'issue % has no new event %', target, r.version using errcode = 'insufficient_privilege';
    end if;
    update issue set centre = r.centre, state = r.state, round = r.round, version = r.version, category = r.category, board = r.board,
        level = r.level, urgency = r.urgency, lead = r.lead, co = r.co, proposed = r.proposed, returned = r.returned, due_at = r.due_at,
        warn_at = r.warn_at, late_at = r.late_at, pause_cap = r.pause_cap, answered_at = r.answered_at, ended_at = r.ended_at,
        outcome = r.outcome, rating_level = r.rating_level, rating_solved = r.rating_solved, flags = r.flags,
        last_event_at = r.last_event_at, open = r.open
    where id = target;
end
$$;

-- Each message is one side's only. While both indexes held both sides' unread messages, either served for either, and the planner
-- counted a clerk's by reading every member's: two thousand rows on every page of a hundred thousand issues.
drop index message_person_unread_idx;
create index message_person_unread_idx on message (person_id) where read_at is null and person_id is not null;
drop index message_staff_unread_idx;
create index message_staff_unread_idx on message (staff_id) where read_at is null and staff_id is not null;
