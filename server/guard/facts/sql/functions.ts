const split = (names: string): readonly string[] => names.trim().toUpperCase().split(/\s+/);

/**
 * Functions that only compute: PostgreSQL 18 (chapter 9), MySQL 9 (chapter 14), SQLite (lang_corefunc, lang_aggfunc,
 * lang_datefunc, json1), SQL Server 2022. A function that is in no list may do anything.
 */
export const readingFunctions: ReadonlySet<string> = new Set(
  split(`
    count sum avg min max total group_concat string_agg array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg
    listagg bool_and bool_or every bit_and bit_or stddev stddev_pop stddev_samp variance var_pop var_samp median mode
    percentile_cont percentile_disc corr regr_slope approx_count_distinct any_value first last
    row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
    abs ceil ceiling floor round trunc truncate mod power pow sqrt cbrt exp ln log log10 log2 sign random rand pi sin cos
    tan asin acos atan atan2 degrees radians greatest least div width_bucket gcd lcm factorial
    length char_length character_length octet_length bit_length lower upper initcap trim ltrim rtrim btrim lpad rpad
    left right substr substring position strpos instr locate replace reverse repeat concat concat_ws format printf
    split_part translate ascii chr char unicode quote quote_ident quote_literal quote_nullable regexp_match
    regexp_matches regexp_replace regexp_like regexp_substr regexp_instr regexp_count regexp_split_to_array
    regexp_split_to_table like glob soundex difference similarity levenshtein metaphone md5 sha1 sha2 sha224 sha256
    sha384 sha512 crc32 hex unhex encode decode to_hex to_base64 from_base64 overlay starts_with space stuff charindex
    patindex len datalength
    coalesce nullif ifnull isnull nvl nvl2 if iif case cast convert try_cast try_convert typeof pg_typeof to_char to_date
    to_number to_timestamp to_json to_jsonb row row_to_json array text varchar integer int bigint numeric decimal float
    real double date time timestamp boolean
    now current_date current_time current_timestamp localtime localtimestamp getdate sysdate sysdatetime getutcdate
    curdate curtime utc_date utc_time utc_timestamp unix_timestamp from_unixtime clock_timestamp statement_timestamp
    transaction_timestamp timeofday date_trunc date_part date_add date_sub dateadd datediff datename datepart date_bin
    date_format date_diff str_to_date strftime datetime julianday unixepoch timediff timestampdiff timestampadd extract
    age make_date make_time make_timestamp make_interval justify_days justify_hours justify_interval isfinite day month
    year hour minute second week weekday quarter dayname monthname dayofmonth dayofweek dayofyear last_day eomonth adddate
    subdate addtime interval
    json json_array json_object json_extract json_extract_path json_extract_path_text jsonb_extract_path
    jsonb_extract_path_text json_value json_query json_exists json_table json_each json_each_text jsonb_each jsonb_each_text
    json_tree json_type json_typeof jsonb_typeof json_valid json_quote json_keys json_length json_contains json_search
    json_unquote json_array_length jsonb_array_length json_array_elements json_array_elements_text jsonb_array_elements
    jsonb_array_elements_text json_object_keys jsonb_object_keys json_build_object jsonb_build_object json_build_array
    jsonb_build_array jsonb_pretty jsonb_set jsonb_insert jsonb_path_query jsonb_path_exists json_set json_insert
    json_replace json_remove json_patch json_group_array json_group_object isjson openjson
    unnest generate_series generate_subscripts array_length array_position array_to_string string_to_array cardinality
    array_append array_prepend array_cat array_remove array_replace array_upper array_lower any all some exists
    to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline match
    bm25 highlight snippet setweight
    st_distance st_within st_contains st_intersects st_dwithin st_area st_length st_x st_y st_astext st_asgeojson
    st_makepoint st_point st_setsrid st_transform st_geomfromtext st_buffer
    version current_user session_user user current_schema current_schemas current_database database schema db_name
    object_id object_name schema_name sqlite_version changes total_changes last_insert_rowid last_insert_id found_rows
    row_count connection_id inet_server_addr pg_backend_pid pg_size_pretty pg_relation_size pg_total_relation_size
    pg_table_size pg_indexes_size pg_database_size pg_get_viewdef pg_get_functiondef pg_get_indexdef
    pg_get_constraintdef pg_get_expr pg_get_triggerdef pg_get_serial_sequence pg_get_userbyid pg_stat_get_activity
    pg_is_in_recovery pg_column_size pg_encoding_to_char format_type obj_description col_description shobj_description
    has_table_privilege has_schema_privilege has_database_privilege has_column_privilege to_regclass currval lastval
    current_setting pragma_table_info pragma_table_list pragma_index_list pragma_index_info pragma_foreign_key_list
    uuid gen_random_uuid uuid_generate_v4 newid hashbytes checksum grouping rollup cube sets values choose`),
);

/** Functions that write, run something, or reach out. Named so that the evidence can say so. */
export const writingFunctions: ReadonlySet<string> = new Set(
  split(`
    nextval setval set_config pg_terminate_backend pg_cancel_backend pg_reload_conf pg_rotate_logfile pg_read_file
    pg_read_binary_file pg_ls_dir pg_write_file pg_file_write pg_file_unlink lo_import lo_export lo_unlink lo_create
    lo_put dblink dblink_exec dblink_connect dblink_send_query query_to_xml table_to_xml database_to_xml
    pg_logical_emit_message pg_create_restore_point pg_switch_wal pg_promote pg_advisory_lock pg_notify
    load_extension writefile edit readfile fts3_tokenizer sys_exec sys_eval lib_mysqludf_sys_info load_file xp_cmdshell
    xp_regread xp_regwrite xp_dirtree sp_executesql sp_oacreate sp_oamethod sp_configure openrowset openquery
    opendatasource http_get http_post http_request net_http_post utl_http dbms_scheduler dbms_xslprocessor`),
);
