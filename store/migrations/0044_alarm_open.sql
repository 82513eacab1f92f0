-- What was open before there were alarms is looked at when its clocks next warn or run out, at once where they have.
update issue set alarm_at = warn_at where open and alarm_at is null and warn_at < '9999-01-01';
