-- Quarantine as a workflow: a row is open until it is replayed into its facts or discarded; nothing is ever deleted.

alter table meta.partition_load
    add column replayed_rows  bigint not null default 0,
    add column discarded_rows bigint not null default 0,
    add column refusal        text,
    add constraint partition_load_replayed check (replayed_rows between 0 and loaded_rows),
    add constraint partition_load_discarded check (discarded_rows between 0 and quarantined_rows),
    add constraint partition_load_refused check (refusal is null or not current);
comment on column meta.partition_load.loaded_rows is 'Rows in the fact table, replayed ones included. Of a refused load: rows that would have been.';
comment on column meta.partition_load.quarantined_rows is 'Rows of the file that are not in the fact table: open ones and discarded ones.';
comment on column meta.partition_load.replayed_rows is 'Rows that came from quarantine, corrected or not.';
comment on column meta.partition_load.discarded_rows is 'Quarantined rows that were given up for good.';
comment on column meta.partition_load.refusal is 'Why the load as a whole was refused and changed no fact; null for loads that were done.';
comment on column meta.partition_load.control_sums is
    '{column: {"file", "loaded", "quarantined", "corrected"}}, decimal strings: file + corrected = loaded + quarantined. "corrected" is absent for 0.';

alter table meta.quarantine
    add column state      text    not null default 'open'
        check (state in ('open', 'replayed', 'discarded', 'refused', 'superseded')),
    add column amount     numeric,
    add column currency   text,
    add column sums       jsonb   not null default '{}',
    add column raw_sha256 bytea,
    add column raw_bytes  bytea,
    add column occurrence integer not null default 1,
    add column changed_at timestamptz;
comment on column meta.quarantine.state is
    'open: waits for a decision. replayed: in the facts now. discarded: given up. refused: of a load that was refused as a whole. superseded: of a load that is no longer current.';
comment on column meta.quarantine.amount is 'The row''s value of the contract''s amount column; null when it is no number.';
comment on column meta.quarantine.sums is '{column: decimal string}: what the row counts for in the control sums of its load''s quarantined part.';
comment on column meta.quarantine.raw_sha256 is 'SHA-256 of the line''s bytes without its line break.';
comment on column meta.quarantine.raw_bytes is 'The line''s bytes where raw_line does not give them back: NUL bytes, or no valid UTF-8.';
comment on column meta.quarantine.occurrence is 'Which of the load''s rejected lines with these bytes it is, from 1.';

update meta.quarantine q
set state = case when l.current then 'open' else 'superseded' end, changed_at = l.loaded_at, raw_sha256 = sha256(convert_to(q.raw_line, 'UTF8'))
from meta.partition_load l
where l.load_id = q.load_id;
alter table meta.quarantine
    alter column state drop default,
    alter column raw_sha256 set not null,
    alter column changed_at set not null;

-- A load looks at the rows of its own partition that are not superseded, whatever came before.
drop index meta.quarantine_by_partition;
create index quarantine_by_partition on meta.quarantine (domain, dataset, partition) where state <> 'superseded';
create index quarantine_open on meta.quarantine (domain, dataset, rule, partition) include (amount, currency) where state = 'open';

-- What it takes to read a raw line of a file again.
create table meta.quarantine_file (
    load_id     bigint  not null references meta.partition_load (load_id),
    file        text    not null,
    header      text[]  not null,
    line_offset integer not null,
    primary key (load_id, file)
);
comment on column meta.quarantine_file.line_offset is 'What is added to a line of the file to give the _line of its fact row.';

-- What was decided about a line, by its bytes: every load of the partition heeds it.
create table meta.quarantine_correction (
    domain      text        not null,
    dataset     text        not null,
    partition   date        not null,
    raw_sha256  bytea       not null,
    occurrence  integer     not null,
    header      text[],
    fields      text[],
    decided_by  text        not null,
    decided_at  timestamptz not null,
    why         text        not null,
    replayed_at timestamptz,
    primary key (domain, dataset, partition, raw_sha256, occurrence),
    check ((header is null) = (fields is null))
);
comment on column meta.quarantine_correction.fields is 'The corrected line, field by field under its header; null when the line was discarded.';
comment on column meta.quarantine_correction.replayed_at is 'When it first became a row of the facts: loads apply corrections in this order.';

create table meta.quarantine_action (
    action_id bigint generated always as identity primary key,
    action    text        not null check (action in ('fix', 'replay', 'discard')),
    acted_by  text        not null,
    acted_at  timestamptz not null,
    why       text        not null,
    rows      bigint      not null
);
create index quarantine_action_by_time on meta.quarantine_action (acted_at desc);

-- No reference to the row: the log outlives what it tells of.
create table meta.quarantine_action_row (
    quarantine_id bigint not null,
    action_id     bigint not null references meta.quarantine_action (action_id),
    outcome       text   not null check (outcome in ('fixed', 'replayed', 'rejected', 'discarded')),
    detail        text,
    primary key (quarantine_id, action_id)
);

create function meta.append_only() returns trigger language plpgsql as $$
begin
    raise exception '%.% is append-only', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete or truncate on meta.quarantine_action execute function meta.append_only();
create trigger append_only before update or delete or truncate on meta.quarantine_action_row execute function meta.append_only();

-- Quality rules of contracts: what was measured on the rows of a load.
create table meta.check_result (
    load_id    bigint  not null references meta.partition_load (load_id),
    position   integer not null,
    name       text    not null,
    metric     text    not null,
    columns    text[]  not null,
    measured   numeric not null,
    is_percent boolean not null,
    expected   text    not null,
    passed     boolean not null,
    fails_load boolean not null,
    primary key (load_id, position)
);
