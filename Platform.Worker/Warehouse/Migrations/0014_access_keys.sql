-- Keys of readers of the metrics API -------------------------------------------------------------------------------------------------

create table meta.access_key (
    key_id              bigint generated always as identity primary key,
    name                text        not null check (name <> ''),
    prefix              text        not null,
    hash                bytea       not null unique check (length(hash) = 32),
    role                text        not null check (role in ('viewer', 'analyst', 'operator', 'admin')),
    domains             text[]      check (cardinality(domains) > 0),
    metrics             text[]      check (cardinality(metrics) > 0),
    row_rules           jsonb       not null default '{}' check (jsonb_typeof(row_rules) = 'object'),
    requests_per_minute integer     check (requests_per_minute > 0),
    created_at          timestamptz not null,
    created_by          text        not null,
    expires_at          timestamptz not null,
    revoked_at          timestamptz,
    revoked_by          text
);
comment on table meta.access_key is 'Keys that the metrics API lets in. Of the secret there is its SHA-256 only; whoever has lost it rotates the key.';
comment on column meta.access_key.domains is 'Domains whose metrics it may read; null for all.';
comment on column meta.access_key.metrics is 'Metrics that it may read; null for all of its domains.';
comment on column meta.access_key.row_rules is 'Dimension -> values: every query is answered for these rows only.';
create index access_key_by_name on meta.access_key (name);

create function meta.audit_access_key() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into meta.audit (at, who, action, subject, detail) values (
            new.created_at, new.created_by, 'key.create', new.name,
            jsonb_strip_nulls(jsonb_build_object('key_id', new.key_id, 'prefix', new.prefix, 'role', new.role, 'domains', new.domains,
                'metrics', new.metrics, 'row_rules', nullif(new.row_rules, '{}'), 'expires_at', new.expires_at)));
    elsif new.revoked_at is not null and old.revoked_at is null then
        insert into meta.audit (at, who, action, subject, detail)
        values (new.revoked_at, new.revoked_by, 'key.revoke', new.name, jsonb_build_object('key_id', new.key_id, 'prefix', new.prefix));
    end if;
    return null;
end $$;
create trigger audit after insert or update on meta.access_key for each row execute function meta.audit_access_key();
