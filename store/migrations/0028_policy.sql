-- Which way an enterprise would want to move a figure (domain::policy::library::Want): 差一点 advises only such steps.
alter table policy_attribute add column want text not null default 'none';
alter table policy_attribute add constraint policy_attribute_want_check check (want in ('none', 'more', 'less')) not valid;
comment on column policy_attribute.want is 'Which way an enterprise would want to move it: none, more, less';
update policy_attribute set want = 'more' where code in ('employees', 'revenue', 'total_assets', 'taxable_income', 'equipment_investment',
    'equipment_max_price', 'rd_expense', 'rd_staff', 'hightech_revenue', 'raised_invested_local', 'ui_months', 'graduates_hired',
    'graduates_insured_months', 'key_group_hired', 'veterans_hired', 'disabled_employees', 'tech_transfer_income',
    'digital_upgrade_investment', 'special_equipment_investment', 'niche_years', 'monthly_sales');

create or replace function decide_library_change(change bigint, accept boolean, at timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    c policy_library_change;
    me bigint := scope_id('staff');
begin
    if scope('kind') is distinct from 'policy_editor' or scope_id('area') % 100 <> 0 then
        raise exception 'the libraries are the city''s' using errcode = 'insufficient_privilege';
    end if;
    -- Whoever proposed it may take it back.
    update policy_library_change u set decided_by = me, decided_at = at, accepted = accept
    where u.id = change and u.decided_at is null and (u.proposed_by <> me or not accept) returning * into c;
    if not found then
        return false;
    end if;
    if not accept then
        return true;
    end if;
    case c.library
        when 'attribute' then
            insert into policy_attribute (code, name, kind, unit, source, refresh, enterprise_may_state, want)
            select r.code, r.name, r.kind, r.unit, r.source, r.refresh, r.enterprise_may_state, coalesce(r.want, 'none')
            from jsonb_populate_record(null::policy_attribute, c.entry) r
            on conflict (code) do update set name = excluded.name, kind = excluded.kind, unit = excluded.unit, source = excluded.source,
                refresh = excluded.refresh, enterprise_may_state = excluded.enterprise_may_state, want = excluded.want;
        when 'tag' then
            insert into policy_tag (code, name, meaning) select r.code, r.name, r.meaning from jsonb_populate_record(null::policy_tag, c.entry) r
            on conflict (code) do update set name = excluded.name, meaning = excluded.meaning;
        else
            insert into policy_question (code, text) select r.code, r.text from jsonb_populate_record(null::policy_question, c.entry) r
            on conflict (code) do update set text = excluded.text;
    end case;
    return true;
end
$$;

-- What an application is for: one for an enterprise, item and period (domain::policy::model::Item::period). Empty where it was filed before
-- periods were kept; the use case counts those by the day they were computed on.
alter table application add column period text;
comment on column application.period is 'The window, the year, or once: an enterprise has one application for an item and period';
create function keep_period() returns trigger language plpgsql as $$
begin
    if new.period is distinct from old.period then
        raise exception 'what an application is for is frozen' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger application_period_keep before update of period on application for each row execute function keep_period();
