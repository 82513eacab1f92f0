-- no-transaction
-- Exact words that an issue is found by (issues_of_contact, issues_of_station): telephone and name of its contact, the station it was filed at. One index for the
-- three, as filing pays for each.
create index concurrently issue_found_by_idx on issue using gin ((array[contact_phone, contact_name, 'station ' || station_id::text]));
