-- What happened cannot be changed without its being seen: every event of issues and applications, and every change of a fact, bears a link
-- over all of its columns and over the link before it. And what is personal goes when its time is over (store::retention).
--
-- The hashed form, which docs/SECURITY.md states for whoever recomputes it elsewhere:
--   link = SHA-256(link before it, or 32 zero bytes | table name | line feed | form)
--   form = the row as `jsonb` prints it (keys in its own order whatever the stored order was, instants in UTC, bytes in hex), without `link` and without
--          columns that are null, so that a column which is added later, and empty, changes nothing.
-- The first event of an issue has one key more, `issue`: what the filing fixed in the row of `issue`. An event of an application has in `stands`
-- the SHA-256 of the form of the row of `application` as it stood then. Neither has the contact in it, nor who reviews: contacts are
-- forgotten in time, and departments change.
--
-- Triggers write it, so nobody can forget to. What adds a column to one of these four tables later adds it empty (scripts/check-migrations.mjs).

create function chained_form(entry jsonb) returns text language plpgsql immutable as $$
begin
    return (select jsonb_object_agg(key, value)::text from jsonb_each(entry - 'link') where value <> 'null');
end
$$;
create function chained_link(previous bytea, source text, entry jsonb) returns bytea language plpgsql stable as $$
begin
    return sha256(coalesce(previous, decode(repeat('00', 32), 'hex')) || convert_to(source || e'\n' || public.chained_form(entry), 'UTF8'));
end
$$;
create function filed_form(i issue) returns jsonb language plpgsql stable as $$
begin
    return jsonb_build_object('id', i.id, 'number', i.number, 'client_key', i.client_key, 'enterprise_id', i.enterprise_id, 'area', i.area,
        'title', i.title, 'body', i.body, 'place', i.place, 'channel', i.channel, 'filed_by', i.filed_by, 'station_id', i.station_id,
        'submitted_at', i.submitted_at);
end
$$;
create function standing_hash(a application) returns bytea language plpgsql stable as $$
begin
    return sha256(convert_to(public.chained_form(to_jsonb(a) - '{contact_name,contact_phone,item_area,department_id}'::text[]), 'UTF8'));
end
$$;

-- The order in which all of it was written; an anchor says up to where it looked.
create sequence audit_position;

alter table issue_event alter column hash drop not null, add column pos bigint, add column link bytea;
comment on column issue_event.hash is 'The chain of before `link`: over what an event says (domain::issue::chain). Kept, verified, and not written any more';
alter table application_event add column pos bigint, add column stands bytea, add column link bytea;
alter table fact_change add column seq integer, add column pos bigint, add column link bytea;

-- ---- What is there already is chained as it stands ----

alter table issue_event disable trigger issue_event_append_only;
alter table application_event disable trigger application_event_append_only;
alter table fact_change disable trigger fact_change_append_only;
do $$
declare
    e issue_event;
    a application_event;
    f fact_change;
    owner bigint;
    last bytea;
    n integer;
    entry jsonb;
begin
    perform set_config('timezone', 'UTC', true), set_config('bytea_output', 'hex', true);
    for e in select * from issue_event order by issue_id, seq loop
        last := case when owner = e.issue_id then last end;
        owner := e.issue_id;
        e.pos := nextval('audit_position');
        entry := to_jsonb(e);
        if e.seq = 1 then
            entry := entry || jsonb_build_object('issue', (select filed_form(i) from issue i where i.id = e.issue_id));
        end if;
        last := chained_link(last, 'issue_event', entry);
        update issue_event u set pos = e.pos, link = last where u.issue_id = e.issue_id and u.seq = e.seq;
    end loop;
    owner := null;
    for a in select * from application_event order by application_id, seq loop
        last := case when owner = a.application_id then last end;
        owner := a.application_id;
        a.pos := nextval('audit_position');
        -- How it stood before is not known any more.
        a.stands := (select standing_hash(p) from application p where p.id = a.application_id and p.seq = a.seq);
        last := chained_link(last, 'application_event', to_jsonb(a));
        update application_event u set pos = a.pos, stands = a.stands, link = last
        where u.application_id = a.application_id and u.seq = a.seq;
    end loop;
    owner := null;
    for f in select * from fact_change order by enterprise_id, id loop
        n := case when owner = f.enterprise_id then n + 1 else 1 end;
        last := case when owner = f.enterprise_id then last end;
        owner := f.enterprise_id;
        f.seq := n;
        f.pos := nextval('audit_position');
        last := chained_link(last, 'fact_change', to_jsonb(f));
        update fact_change u set seq = n, pos = f.pos, link = last where u.id = f.id;
    end loop;
end
$$;
alter table issue_event enable trigger issue_event_append_only;
alter table application_event enable trigger application_event_append_only;
alter table fact_change enable trigger fact_change_append_only;

alter table issue_event alter column pos set not null, alter column link set not null;
alter table application_event alter column pos set not null, alter column link set not null;
alter table fact_change alter column seq set not null, alter column pos set not null, alter column link set not null,
    add constraint fact_change_seq_key unique (enterprise_id, seq);
comment on column fact_change.seq is 'Numbers the changes of an enterprise, written by the trigger as link and pos are';

-- ---- And what comes ----
-- With the owner's rights, since the event before may be out of sight; each runs under a lock of its issue, application or portrait.

create function chain_issue_event() returns trigger language plpgsql security definer
    set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex' as $$
declare
    entry jsonb;
    previous bytea;
begin
    new.pos := nextval('public.audit_position');
    entry := to_jsonb(new);
    if new.seq = 1 then
        entry := entry || jsonb_build_object('issue', (select public.filed_form(i) from public.issue i where i.id = new.issue_id));
    else
        select e.link into previous from public.issue_event e where e.issue_id = new.issue_id and e.seq = new.seq - 1;
        if not found then
            raise exception 'event % of issue % has none before it', new.seq, new.issue_id using errcode = 'insufficient_privilege';
        end if;
    end if;
    new.link := public.chained_link(previous, 'issue_event', entry);
    return new;
end
$$;
create trigger issue_event_chain before insert on issue_event for each row execute function chain_issue_event();

create function chain_application_event() returns trigger language plpgsql security definer
    set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex' as $$
declare
    previous bytea;
begin
    new.pos := nextval('public.audit_position');
    new.stands := (select public.standing_hash(a) from public.application a where a.id = new.application_id);
    if new.seq <> 1 then
        select e.link into previous from public.application_event e where e.application_id = new.application_id and e.seq = new.seq - 1;
        if not found then
            raise exception 'event % of application % has none before it', new.seq, new.application_id
                using errcode = 'insufficient_privilege';
        end if;
    end if;
    new.link := public.chained_link(previous, 'application_event', to_jsonb(new));
    return new;
end
$$;
create trigger application_event_chain before insert on application_event for each row execute function chain_application_event();

create function chain_fact_change() returns trigger language plpgsql security definer
    set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex' as $$
declare
    previous bytea;
begin
    new.pos := nextval('public.audit_position');
    select f.seq + 1, f.link into new.seq, previous from public.fact_change f
    where f.enterprise_id = new.enterprise_id order by f.seq desc limit 1;
    new.seq := coalesce(new.seq, 1);
    new.link := public.chained_link(previous, 'fact_change', to_jsonb(new));
    return new;
end
$$;
create trigger fact_change_chain before insert on fact_change for each row execute function chain_fact_change();

-- A filing brings no hash any more; the rest is as before.
drop function file_issue(jsonb, text, text, text, bytea, jsonb, uuid[]);
create function file_issue(projection jsonb, actor text, actor_name text, event text, notices jsonb, photos uuid[],
    out issue_id bigint, out number text, out already boolean) language plpgsql as $$
begin
    select w.issue_id, w.number, w.already into issue_id, number, already
    from write_filing(projection, actor, actor_name, event, null, notices) w;
    if not already and cardinality(photos) > 0 then
        update photo p set issue_id = file_issue.issue_id, seq = 1, ordinal = u.ordinality
        from unnest(file_issue.photos) with ordinality u (id, ordinality)
        where p.id = u.id and p.issue_id is null and p.enterprise_id = (projection ->> 'enterprise_id')::bigint;
    end if;
end
$$;

-- Events whose row is gone are seen by whoever looks through all of them; otherwise they are as visible as their row.
create policy issue_event_audit on issue_event for select using ((select scope('kind')) = 'system');
create policy application_event_audit on application_event for select using ((select scope('kind')) = 'system');
create policy fact_change_audit on fact_change for select using ((select scope('kind')) = 'system');

-- ---- Anchors ----

-- The position up to which everything was written: whoever writes now is waited for, a moment at most, and writes behind it.
create function audit_cut() returns bigint language plpgsql security definer
    set search_path = public, pg_temp set lock_timeout = '2s' as $$
begin
    if scope('kind') is distinct from 'system' then
        raise exception 'the system''s alone' using errcode = 'insufficient_privilege';
    end if;
    lock table issue_event, application_event, fact_change in share mode;
    return (select case when is_called then last_value else 0 end from audit_position);
end
$$;

create table audit_anchor (
    -- The city's day.
    day date not null,
    kind text not null constraint audit_anchor_kind_check check (kind in ('issue', 'application', 'fact')),
    at timestamptz not null,
    pos bigint not null,
    chains bigint not null,
    events bigint not null,
    -- SHA-256 over the heads of all chains (domain::audit::Heads).
    root bytea not null,
    constraint audit_anchor_pkey primary key (day, kind)
);
comment on table audit_anchor is 'Digests over all chains, one of a kind a day; the copy that was sent elsewhere is the one that counts';
create trigger audit_anchor_append_only before update or delete on audit_anchor for each row execute function refuse_change();
create trigger audit_anchor_no_truncate before truncate on audit_anchor for each statement execute function refuse_change();
alter table audit_anchor enable row level security;
create policy audit_anchor_scope on audit_anchor using ((select scope('kind')) = 'system');
grant select, insert on audit_anchor to qifu_app;

-- ---- Retention ----

create table retention_run (
    kind text not null,
    -- The city's day.
    day date not null,
    done bigint not null,
    at timestamptz not null,
    constraint retention_run_pkey primary key (kind, day)
);
comment on table retention_run is 'What was deleted or made anonymous, by kind and day (domain::retention)';
create trigger retention_run_append_only before update or delete on retention_run for each row execute function refuse_change();
create trigger retention_run_no_truncate before truncate on retention_run for each statement execute function refuse_change();
alter table retention_run enable row level security;
create policy retention_run_scope on retention_run using ((select scope('kind')) = 'system');
grant select, insert on retention_run to qifu_app;

grant delete on message to qifu_app;
create policy message_delete on message as restrictive for delete using ((select scope('kind')) = 'system');

-- Forgets whom to call about issues that ended before then; answers how many. No chain has the contact in it.
create function forget_contacts(before timestamptz, most integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    forgotten bigint;
begin
    if scope('kind') is distinct from 'system' then
        raise exception 'the system''s alone' using errcode = 'insufficient_privilege';
    end if;
    update issue set contact_name = '', contact_phone = '' where id = any (array(
        select i.id from issue i where i.ended_at < before and not i.open and (i.contact_name, i.contact_phone) <> ('', '')
        order by i.id limit most));
    get diagnostics forgotten = row_count;
    return forgotten;
end
$$;
