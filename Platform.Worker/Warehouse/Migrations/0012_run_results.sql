-- What publications changed -----------------------------------------------------------------------------------------------------------

-- The facts that a build saw: it has them alone, so nothing is being loaded when its publication is entered.
create function meta.last_load() returns bigint language sql volatile as 'select max(load_id) from meta.partition_load';
create function meta.last_quarantine_action() returns bigint language sql volatile as 'select max(action_id) from meta.quarantine_action';

alter table meta.publication
    add column results_recorded          boolean not null default false,
    add column loads_through             bigint,
    add column quarantine_actions_through bigint;
alter table meta.publication
    alter column loads_through set default meta.last_load(),
    alter column quarantine_actions_through set default meta.last_quarantine_action();
comment on column meta.publication.results_recorded is 'Whether meta.publication_model and meta.metric_value follow it; what was recorded before one that they do not follow is out of date.';
comment on column meta.publication.loads_through is 'The newest load that the build saw.';
create index publication_without_results on meta.publication (publication_id) where not results_recorded;

create table meta.publication_model (
    publication_id bigint not null references meta.publication (publication_id) on delete cascade,
    unique_id      text   not null,
    relation       text   not null,
    built          text   not null check (built in ('whole', 'delta')),
    rows           bigint,
    rows_added     bigint,
    rows_removed   bigint,
    code_sha256    text   not null,
    reads          text[] not null,
    sources        text[] not null,
    primary key (unique_id, publication_id)
);
comment on table meta.publication_model is 'The models, seeds and snapshots that a publication replaced or changed.';
comment on column meta.publication_model.rows is 'Rows afterwards; null for views, and where the incremental strategy does not tell what it changed (merge).';
comment on column meta.publication_model.code_sha256 is 'Of its SQL, the ephemeral models in it and the macros of the project that they call.';
comment on column meta.publication_model.reads is 'Unique ids of all models, seeds and snapshots that it is made of, at any depth; sources: schema.table of the sources.';
create index publication_model_by_publication on meta.publication_model (publication_id);

create table meta.metric_value (
    metric         text    not null,
    data_date      date    not null,
    publication_id bigint  not null references meta.publication (publication_id) on delete cascade,
    value          numeric not null,
    primary key (metric, data_date, publication_id)
);
comment on table meta.metric_value is 'Certified additive metrics by their date, from this publication on until the next row of the same metric and date.';
create index metric_value_by_publication on meta.metric_value (publication_id);

create table meta.recorded_metric (
    metric            text   not null,
    publication_id    bigint not null references meta.publication (publication_id) on delete cascade,
    definition_sha256 text,
    unique_id         text   not null,
    label             text,
    primary key (metric, publication_id)
);
comment on table meta.recorded_metric is 'Since which publication meta.metric_value follows a metric of this definition; without a hash, it no longer does.';

-- The load that a load replaced.
create index partition_load_by_key on meta.partition_load (domain, dataset, partition, load_id);
