-- Removing partitions is a change like any other: who did it is in the audit log, unless the daily job did.
alter table meta.retired_partition add retired_by text;
comment on column meta.retired_partition.retired_by is 'The operator who asked for it; null for the daily job.';

create function meta.audit_retirement() returns trigger language plpgsql as $$
begin
    insert into meta.audit (at, who, action, subject, detail)
    values (new.retired_at, new.retired_by, 'partition.retire', new.domain || '.' || new.dataset || ' ' || new.data_date,
        jsonb_build_object('fact_rows', new.fact_rows, 'quarantined_rows', new.quarantined_rows, 'files', new.files, 'retention_days', new.retention_days));
    return null;
end $$;
create trigger audit after insert on meta.retired_partition
    for each row when (new.retired_by is not null) execute function meta.audit_retirement();
