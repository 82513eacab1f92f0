-- The code of an item stands in addresses and in the names of files: what a draft was called so far nobody looked at (domain::policy::check).
-- Drafts that would not pass are called by their number; nothing that was published bears such a code.
alter table policy_item add constraint policy_item_code_check check (code ~ '^[a-z0-9-]{3,80}$') not valid;
update policy_item set code = 'item-' || id where code !~ '^[a-z0-9-]{3,80}$';
