-- What an enterprise types never takes the place of what a department recorded: `recorded` inside the fact keeps that beside it, until
-- both say the same, or a reviewer decides. An enterprise that empties its figure has the recorded one again.
create or replace function put_facts(enterprise bigint, changes jsonb, at timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    change jsonb;
    code text;
    value jsonb;
    path text[];
    fact jsonb;
    before jsonb;
    office jsonb;
    own boolean := scope('kind') = 'member';
    now_facts jsonb;
    written integer := 0;
begin
    if not coalesce(scope('kind') = 'system' or (own and enterprise = scope_id('enterprise')), false) then
        raise exception 'not the facts of this enterprise' using errcode = 'insufficient_privilege';
    end if;
    insert into portrait (enterprise_id, facts, version, updated_at) values (enterprise, '{}', 0, at) on conflict do nothing;
    select p.facts into now_facts from portrait p where p.enterprise_id = enterprise for update;
    for change in select jsonb_array_elements(changes) loop
        code := change ->> 'code';
        value := nullif(change -> 'value', 'null');
        if own and not (code like 'attest.%'
            or exists (select from policy_attribute a where a.code = (change ->> 'code') and a.enterprise_may_state))
        then
            raise exception 'an enterprise does not state %', code using errcode = 'insufficient_privilege';
        end if;
        if code like 'attest.%' then
            path := array['attest', substr(code, 8)];
            fact := value;
            now_facts := jsonb_set(now_facts, '{attest}', coalesce(now_facts -> 'attest', '{}'));
        else
            path := array[code];
            fact := case when code = 'tags' then value else jsonb_strip_nulls(jsonb_build_object('value', value,
                'period', change -> 'period', 'source', change -> 'source', 'on', change -> 'on')) end;
        end if;
        before := now_facts #> path;
        if code not like 'attest.%' and code <> 'tags' and jsonb_typeof(before) = 'object' then
            -- What the department has: beside what the enterprise said, or all there is.
            office := case when before ? 'recorded' then before -> 'recorded' when before ->> 'source' is distinct from '企业自填' then before end;
            if own then
                if value is null or office -> 'value' = value then
                    fact := office;
                    value := office -> 'value';
                elsif office is not null then
                    fact := fact || jsonb_build_object('recorded', office);
                end if;
            elsif before ->> 'source' = '企业自填' and value is not null and before -> 'value' <> value then
                fact := (before - 'recorded') || jsonb_build_object('recorded', fact);
            end if;
        end if;
        -- The day it was recorded is no difference.
        continue when value is null and before is null;
        continue when value is not null and case when jsonb_typeof(before) = 'object' and jsonb_typeof(fact) = 'object'
            then (before - 'on') #- '{recorded,on}' = (fact - 'on') #- '{recorded,on}' else before is not distinct from fact end;
        now_facts := case when value is null then now_facts #- path else jsonb_set(now_facts, path, fact) end;
        insert into fact_change (enterprise_id, code, value, period, source, person_id, at)
        values (enterprise, change ->> 'code', value, coalesce(change ->> 'period', ''), coalesce(change ->> 'source', ''),
            case when own then scope_id('person') end, put_facts.at);
        written := written + 1;
    end loop;
    if written > 0 then
        update portrait p set facts = now_facts, version = p.version + 1, updated_at = put_facts.at where p.enterprise_id = enterprise;
        insert into job (kind, payload, run_at, created_at)
        values ('policy_match_enterprise', jsonb_build_object('enterprise', enterprise), put_facts.at, put_facts.at);
    end if;
    return written;
end
$$;
