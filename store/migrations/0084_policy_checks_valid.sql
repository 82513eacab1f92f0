-- What 0082 and 0083 hold new rows to holds for the old ones.
alter table policy_version validate constraint policy_version_every_writer;
alter table policy_item validate constraint policy_item_code_check;
