-- Four eyes hold against everybody who wrote a version, not against its last writer alone: else one changes a comma, and the other publishes what
-- is all but a comma their own.
alter table policy_version add column writers bigint[] not null default '{}';
comment on column policy_version.writers is 'Every account that changed its words; none of them publishes it';
-- Of what was written before, the last one is known.
alter table policy_version disable trigger policy_version_keep;
update policy_version set writers = array[written_by] where written_by is not null;
alter table policy_version enable trigger policy_version_keep;
alter table policy_version add constraint policy_version_every_writer check (published_by is null or published_by <> all (writers)) not valid;

-- Whoever wrote stays a writer, whatever a statement says: nobody takes a name out, or puts another's in.
create function note_writers() returns trigger language plpgsql as $$
begin
    new.writers := case tg_op when 'INSERT' then '{}'::bigint[] else old.writers end;
    if new.written_by is not null and new.written_by <> all (new.writers) then
        new.writers := new.writers || new.written_by;
    end if;
    return new;
end
$$;
create trigger policy_version_writers before insert or update on policy_version for each row execute function note_writers();

-- As before (0038_desk_lists.sql), and none of its writers is told that somebody else may publish it; returned, all of them are.
create or replace function tell_editors(code text, version integer, step text, at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v record;
begin
    select i.area, w.title, w.writers into v from policy_item i join policy_version w on w.item_id = i.id
    where i.code = tell_editors.code and w.version = tell_editors.version;
    if scope('kind') is distinct from 'policy_editor' or not coalesce(scope_id('area') % 100 = 0 or scope_id('area') = v.area, false) then
        raise exception 'not this item' using errcode = 'insufficient_privilege';
    end if;
    insert into message (staff_id, number, kind, title, body, link, created_at)
    select s.id, tell_editors.code, 'policy_version',
        case tell_editors.step when 'submit' then '有政策等您核对发布' else '政策被退回修改' end,
        v.title || '（第 ' || tell_editors.version || ' 版）', '/desk/policies/' || tell_editors.code || '/edit', tell_editors.at
    from staff s
    where s.active and s.role = 'policy_editor' and s.id <> scope_id('staff')
        and case tell_editors.step when 'submit' then (s.area = v.area or s.area % 100 = 0) and s.id <> all (v.writers)
            else s.id = any (v.writers) end;
end
$$;
