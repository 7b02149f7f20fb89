using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Tests.Transform.Compile;

/// <summary>The names and parameters that packages call, with keywords too, and override: those of dbt's global project and of dbt-postgres.</summary>
public sealed class GlobalMacroTests
{
    private const string Signatures = """
        _split_part_negative(string_text, delimiter_text, part_number); after_commit(sql); alter_column_comment(relation, column_dict);
        alter_column_type(relation, column_name, new_column_type); alter_relation_add_remove_columns(relation, add_columns, remove_columns);
        alter_relation_comment(relation, relation_comment); any_value(expression); apply_grants(relation, grant_config, should_revoke);
        array_append(array, new_element); array_concat(array_1, array_2); array_construct(inputs, data_type); assert_columns_equivalent(sql);
        before_begin(sql); bool_or(expression); build_config_dict(model); build_ref_function(model); build_source_function(model);
        call_dcl_statements(dcl_statement_list); cast(field, type); cast_bool_to_text(field);
        check_for_schema_changes(source_relation, target_relation); check_schema_exists(information_schema, schema);
        collect_freshness(source, loaded_at_field, filter); collect_freshness_custom_sql(source, loaded_at_query); concat(fields);
        convert_datetime(date_str, date_fmt); copy_grants(); create_columns(relation, columns); create_csv_table(model, agate_table);
        create_indexes(relation); create_or_replace_view(); create_schema(relation); create_table_as(temporary, relation, compiled_code, language);
        create_view_as(relation, sql); current_timestamp(); current_timestamp_backcompat(); current_timestamp_in_utc_backcompat();
        date(year, month, day); date_spine(datepart, start_date, end_date); date_trunc(datepart, date);
        dateadd(datepart, interval, from_date_or_timestamp); datediff(first_date, second_date, datepart);
        dates_in_range(start_date_str, end_date_str, in_fmt, out_fmt); default_last_day(date, datepart);
        diff_column_data_types(source_columns, target_columns); diff_columns(source_columns, target_columns); drop_materialized_view(relation);
        drop_relation(relation); drop_relation_if_exists(relation); drop_schema(relation); drop_schema_named(schema_name); drop_table(relation);
        drop_view(relation); equals(expr1, expr2); escape_single_quotes(expression); except(); format_columns(columns);
        generate_alias_name(custom_alias_name, node); generate_database_name(custom_database_name, node);
        generate_schema_name(custom_schema_name, node); generate_schema_name_for_env(custom_schema_name, node); generate_series(upper_bound);
        get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation);
        get_assert_columns_equivalent(sql); get_batch_size(); get_binding_char(); get_catalog(information_schema, schemas);
        get_catalog_for_single_relation(relation); get_catalog_relations(information_schema, relations);
        get_column_schema_from_query(select_sql, select_sql_header); get_columns_in_query(select_sql); get_columns_in_relation(relation);
        get_create_backup_sql(relation); get_create_index_sql(relation, index_dict); get_create_intermediate_sql(relation, sql);
        get_create_materialized_view_as_sql(relation, sql); get_create_sql(relation, sql); get_create_table_as_sql(temporary, relation, sql);
        get_create_view_as_sql(relation, sql); get_csv_sql(create_or_truncate_sql, insert_sql);
        get_dcl_statement_list(relation, grant_config, get_dcl_macro);
        get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates); get_drop_backup_sql(relation);
        get_drop_index_sql(relation, index_name); get_drop_sql(relation); get_empty_schema_sql(columns);
        get_empty_subquery_sql(select_sql, select_sql_header); get_grant_sql(relation, privilege, grantees); get_incremental_append_sql(arg_dict);
        get_incremental_default_sql(arg_dict); get_incremental_delete_insert_sql(arg_dict); get_incremental_insert_overwrite_sql(arg_dict);
        get_incremental_merge_sql(arg_dict); get_incremental_microbatch_sql(arg_dict);
        get_insert_into_sql(target_relation, temp_relation, dest_columns);
        get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header);
        get_intervals_between(start_date, end_date, datepart); get_limit_subquery_sql(sql, limit); get_list_of_column_names(columns);
        get_materialized_view_configuration_changes(existing_relation, new_config);
        get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates);
        get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns);
        get_or_create_relation(database, schema, identifier, type); get_powers_of_two(upper_bound); get_quoted_csv(column_names);
        get_relation_last_modified(information_schema, relations); get_relations(); get_rename_intermediate_sql(relation);
        get_rename_materialized_view_sql(relation, new_name); get_rename_sql(relation, new_name); get_rename_table_sql(relation, new_name);
        get_rename_view_sql(relation, new_name); get_replace_materialized_view_sql(relation, sql);
        get_replace_sql(existing_relation, target_relation, sql); get_replace_table_sql(relation, sql); get_replace_view_sql(relation, sql);
        get_revoke_sql(relation, privilege, grantees); get_seed_column_quoted_csv(model, column_names); get_select_subquery(sql);
        get_show_grant_sql(relation); get_show_indexes_sql(relation); get_show_sql(compiled_code, sql_header, limit);
        get_snapshot_get_time_data_type(); get_table_columns_and_constraints(); get_test_sql(main_sql, fail_calc, warn_if, error_if, limit);
        get_where_subquery(relation); handle_existing_table(full_refresh, old_relation); hash(field); in_transaction(sql);
        incremental_validate_on_schema_change(on_schema_change, default); information_schema_name(database); intersect(); is_incremental();
        last_day(date, datepart); length(expression); list_relations_without_caching(schema_relation); list_schemas(database);
        listagg(measure, delimiter_text, order_by_clause, limit_num); load_cached_relation(relation); load_csv_rows(model, agate_table);
        load_relation(relation); make_backup_relation(base_relation, backup_relation_type, suffix); make_hook_config(sql, inside_transaction);
        make_intermediate_relation(base_relation, suffix); make_temp_relation(base_relation, suffix);
        noop_statement(name, message, code, rows_affected, res); partition_range(raw_partition_date, date_fmt);
        persist_docs(relation, model, for_relation, for_columns); position(substring_text, string_text);
        postgres__alter_column_comment(relation, column_dict); postgres__alter_relation_comment(relation, comment); postgres__any_value(expression);
        postgres__check_schema_exists(information_schema, schema); postgres__copy_grants(); postgres__create_schema(relation);
        postgres__create_table_as(temporary, relation, sql); postgres__current_timestamp(); postgres__current_timestamp_backcompat();
        postgres__current_timestamp_in_utc_backcompat(); postgres__dateadd(datepart, interval, from_date_or_timestamp);
        postgres__datediff(first_date, second_date, datepart); postgres__describe_materialized_view(relation);
        postgres__drop_materialized_view(relation); postgres__drop_schema(relation); postgres__drop_table(relation); postgres__drop_view(relation);
        postgres__get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation);
        postgres__get_catalog(information_schema, schemas); postgres__get_catalog_relations(information_schema, relations);
        postgres__get_columns_in_relation(relation); postgres__get_create_index_sql(relation, index_dict);
        postgres__get_create_materialized_view_as_sql(relation, sql); postgres__get_drop_index_sql(relation, index_name);
        postgres__get_incremental_default_sql(arg_dict); postgres__get_incremental_microbatch_sql(arg_dict);
        postgres__get_materialized_view_configuration_changes(existing_relation, new_config); postgres__get_relations();
        postgres__get_rename_materialized_view_sql(relation, new_name); postgres__get_rename_table_sql(relation, new_name);
        postgres__get_rename_view_sql(relation, new_name); postgres__get_replace_table_sql(relation, sql);
        postgres__get_replace_view_sql(relation, sql); postgres__get_show_grant_sql(relation); postgres__get_show_indexes_sql(relation);
        postgres__information_schema_name(database); postgres__last_day(date, datepart); postgres__list_relations_without_caching(schema_relation);
        postgres__list_schemas(database); postgres__listagg(measure, delimiter_text, order_by_clause, limit_num);
        postgres__make_backup_relation(base_relation, backup_relation_type, suffix); postgres__make_intermediate_relation(base_relation, suffix);
        postgres__make_relation_with_suffix(base_relation, suffix, dstring); postgres__make_temp_relation(base_relation, suffix);
        postgres__refresh_materialized_view(relation); postgres__snapshot_get_time(); postgres__snapshot_string_as_time(timestamp);
        postgres__split_part(string_text, delimiter_text, part_number); postgres__update_indexes_on_materialized_view(relation, index_changes);
        postgres_escape_comment(comment); postgres_get_relations(); process_schema_changes(on_schema_change, source_relation, target_relation);
        py_current_timestring(); py_script_comment(); py_script_postfix(model); refresh_materialized_view(relation);
        rename_relation(from_relation, to_relation); replace(field, old_chars, new_chars);
        reset_csv_table(model, full_refresh, old_relation, agate_table); resolve_model_name(input_model_name); right(string_text, length_expression);
        run_hooks(hooks, inside_transaction); run_query(sql); safe_cast(field, type); set_sql_header(config); should_full_refresh();
        should_revoke(existing_relation, full_refresh_mode); should_store_failures(); snapshot_get_time(); snapshot_string_as_time(timestamp);
        split_part(string_text, delimiter_text, part_number); sql_convert_columns_in_relation(table);
        statement(name, fetch_result, auto_begin, language); string_literal(value); support_multiple_grantees_per_dcl_statement();
        sync_column_schemas(on_schema_change, target_relation, schema_changes_dict); table_columns_and_constraints();
        test_accepted_values(model, column_name, values, quote); test_not_null(model, column_name);
        test_relationships(model, column_name, to, field); test_unique(model, column_name); truncate_relation(relation); type_bigint();
        type_boolean(); type_float(); type_int(); type_numeric(); type_string(); type_timestamp(); validate_sql(sql);
        """;

    /// <summary>Macros with a variant for any adapter, which a project may dispatch to.</summary>
    private const string Defaults = """
        alter_column_comment alter_column_type alter_relation_add_remove_columns alter_relation_comment any_value apply_grants array_append
        array_concat array_construct bool_or call_dcl_statements cast cast_bool_to_text check_schema_exists collect_freshness
        collect_freshness_custom_sql concat copy_grants create_columns create_csv_table create_indexes create_schema create_table_as create_view_as
        current_timestamp current_timestamp_backcompat current_timestamp_in_utc_backcompat date date_spine date_trunc dateadd datediff
        drop_materialized_view drop_relation drop_schema drop_schema_named drop_table drop_view equals escape_single_quotes except format_column
        generate_alias_name generate_database_name generate_schema_name generate_series get_alter_materialized_view_as_sql
        get_assert_columns_equivalent get_batch_size get_binding_char get_catalog get_catalog_for_single_relation get_catalog_relations
        get_column_names get_columns_in_query get_columns_in_relation get_create_backup_sql get_create_index_sql get_create_intermediate_sql
        get_create_materialized_view_as_sql get_create_sql get_create_table_as_sql get_create_view_as_sql get_csv_sql get_dcl_statement_list
        get_delete_insert_merge_sql get_drop_backup_sql get_drop_index_sql get_drop_sql get_empty_schema_sql get_empty_subquery_sql get_grant_sql
        get_incremental_append_sql get_incremental_default_sql get_incremental_delete_insert_sql get_incremental_insert_overwrite_sql
        get_incremental_merge_sql get_incremental_microbatch_sql get_insert_overwrite_merge_sql get_intervals_between get_limit_sql
        get_materialized_view_configuration_changes get_merge_sql get_merge_update_columns get_or_create_relation get_powers_of_two
        get_relation_last_modified get_relations get_rename_intermediate_sql get_rename_materialized_view_sql get_rename_sql get_rename_table_sql
        get_rename_view_sql get_replace_materialized_view_sql get_replace_sql get_replace_table_sql get_replace_view_sql get_revoke_sql
        get_select_subquery get_show_grant_sql get_show_indexes_sql get_table_columns_and_constraints get_test_sql get_where_subquery
        handle_existing_table hash information_schema_name intersect last_day length list_relations_without_caching list_schemas listagg
        load_csv_rows make_backup_relation make_intermediate_relation make_temp_relation persist_docs position refresh_materialized_view
        rename_relation replace reset_csv_table resolve_model_name right safe_cast snapshot_get_time snapshot_string_as_time split_part
        string_literal support_multiple_grantees_per_dcl_statement test_accepted_values test_not_null test_relationships test_unique
        truncate_relation type_bigint type_boolean type_float type_int type_numeric type_string type_timestamp validate_sql
        """;

    [Fact]
    public void Macros_HaveDbtsParameters()
    {
        var macros = GlobalProject.Macros.ToDictionary(
            macro => macro.Name, macro => $"{macro.Name}({string.Join(", ", macro.Parameters.Select(parameter => parameter.Name))})");

        var wanted = Signatures.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(wanted, wanted.Select(signature => macros.GetValueOrDefault(signature[..signature.IndexOf('(', StringComparison.Ordinal)], "missing")));
    }

    [Fact]
    public void Macros_HaveADefault()
    {
        var names = GlobalProject.Macros.Select(macro => macro.Name).ToHashSet();

        Assert.All(Defaults.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), name => Assert.Contains($"default__{name}", names));
    }

    [Fact]
    public void Names_AreGivenOnce() => Assert.Empty(GlobalProject.Macros.GroupBy(macro => macro.Name).Where(macros => macros.Count() > 1).Select(macros => macros.Key));
}
