# One program a module; cmocka; names are sentences. A program links only the archives that its
# module's layer may use. unit_LIBS are the archives below each layer.
if HAVE_CMOCKA
unit_programs =

# --- runner/base
unit_programs += tests/unit/test_base
tests_unit_test_base_SOURCES = %D%/test_base.c
tests_unit_test_base_LDADD = libbase.a $(CMOCKA_LIBS)

unit_programs += tests/unit/test_required
tests_unit_test_required_SOURCES = %D%/test_required.c
tests_unit_test_required_LDADD = libbase.a $(CMOCKA_LIBS)

# --- runner/files
unit_programs += tests/unit/test_put
tests_unit_test_put_SOURCES = %D%/test_put.c
tests_unit_test_put_LDADD = libfiles.a libbase.a $(CMOCKA_LIBS)

# --- runner/core
core_LIBS = libcore.a libbase.a $(CMOCKA_LIBS)
core_programs = \
	%D%/test_backoff %D%/test_window %D%/test_bucket %D%/test_chunk %D%/test_decide %D%/test_event \
	%D%/test_load %D%/test_probe %D%/test_queue %D%/test_tally %D%/test_verdict
unit_programs += $(core_programs)
dist_noinst_HEADERS += %D%/core_test.h %D%/core_load.h
tests_unit_test_backoff_SOURCES = %D%/test_backoff.c
tests_unit_test_backoff_LDADD = $(core_LIBS)
tests_unit_test_window_SOURCES = %D%/test_window.c
tests_unit_test_window_LDADD = $(core_LIBS)
tests_unit_test_bucket_SOURCES = %D%/test_bucket.c
tests_unit_test_bucket_LDADD = $(core_LIBS)
tests_unit_test_chunk_SOURCES = %D%/test_chunk.c
tests_unit_test_chunk_LDADD = $(core_LIBS)
tests_unit_test_decide_SOURCES = %D%/test_decide.c
tests_unit_test_decide_LDADD = $(core_LIBS)
tests_unit_test_event_SOURCES = %D%/test_event.c
tests_unit_test_event_LDADD = $(core_LIBS)
tests_unit_test_load_SOURCES = %D%/test_load.c
tests_unit_test_load_LDADD = $(core_LIBS)
tests_unit_test_probe_SOURCES = %D%/test_probe.c
tests_unit_test_probe_LDADD = $(core_LIBS)
tests_unit_test_queue_SOURCES = %D%/test_queue.c
tests_unit_test_queue_LDADD = $(core_LIBS)
tests_unit_test_tally_SOURCES = %D%/test_tally.c
tests_unit_test_tally_LDADD = $(core_LIBS)
tests_unit_test_verdict_SOURCES = %D%/test_verdict.c
tests_unit_test_verdict_LDADD = $(core_LIBS)

# --- runner/source
text_LIBS = libtext.a libbase.a $(XXHASH_LIBS) $(UTF8PROC_LIBS) $(CRYPTO_LIBS) $(CMOCKA_LIBS)
unit_programs += tests/unit/test_scan
tests_unit_test_scan_SOURCES = %D%/test_scan.c %D%/transcript.c %D%/transcript.h
tests_unit_test_scan_LDADD = $(text_LIBS)
unit_programs += tests/unit/test_utf8
tests_unit_test_utf8_SOURCES = %D%/test_utf8.c
tests_unit_test_utf8_LDADD = $(text_LIBS)
unit_programs += tests/unit/test_rows
tests_unit_test_rows_SOURCES = %D%/test_rows.c %D%/input.h %D%/transcript.c %D%/transcript.h
tests_unit_test_rows_LDADD = $(text_LIBS)
unit_programs += tests/unit/test_transform
tests_unit_test_transform_SOURCES = %D%/test_transform.c %D%/input.h
tests_unit_test_transform_LDADD = $(text_LIBS)
unit_programs += tests/unit/test_layout
tests_unit_test_layout_SOURCES = %D%/test_layout.c %D%/input.h %D%/transcript.c %D%/transcript.h
tests_unit_test_layout_LDADD = $(text_LIBS)
unit_programs += tests/unit/test_rules
tests_unit_test_rules_SOURCES = %D%/test_rules.c %D%/input.h
tests_unit_test_rules_LDADD = $(text_LIBS)
unit_programs += tests/unit/test_pass
tests_unit_test_pass_SOURCES = %D%/test_pass.c %D%/input.h %D%/transcript.c %D%/transcript.h
tests_unit_test_pass_LDADD = $(text_LIBS)
unit_programs += tests/unit/test_base64url
tests_unit_test_base64url_SOURCES = %D%/test_base64url.c
tests_unit_test_base64url_LDADD = $(text_LIBS)
unit_programs += tests/unit/test_payload
tests_unit_test_payload_SOURCES = %D%/test_payload.c %D%/planned.c %D%/planned.h %D%/input.h
tests_unit_test_payload_LDADD = $(text_LIBS)
unit_programs += tests/unit/test_split
tests_unit_test_split_SOURCES = %D%/test_split.c %D%/planned.c %D%/planned.h %D%/input.h
tests_unit_test_split_LDADD = $(text_LIBS)
unit_programs += tests/unit/test_unpack
tests_unit_test_unpack_SOURCES = %D%/test_unpack.c %D%/packed.c %D%/packed.h %D%/input.h
tests_unit_test_unpack_LDADD = libtext.a libbase.a $(UNPACK_LIBS) $(CMOCKA_LIBS)
unit_programs += tests/unit/test_source
tests_unit_test_source_SOURCES = %D%/test_source.c
tests_unit_test_source_LDADD = libsource.a $(text_LIBS) $(UNPACK_LIBS)

# --- runner/lint
lint_LIBS = liblint.a $(text_LIBS)
unit_programs += tests/unit/test_lint tests/unit/test_hashes
tests_unit_test_lint_SOURCES = %D%/test_lint.c
tests_unit_test_lint_LDADD = $(lint_LIBS)
tests_unit_test_hashes_SOURCES = %D%/test_hashes.c
tests_unit_test_hashes_LDADD = $(lint_LIBS)

# --- runner/sniff
sniff_LIBS = libsniff.a $(text_LIBS)
unit_programs += tests/unit/test_sniff tests/unit/test_look tests/unit/test_known
tests_unit_test_sniff_SOURCES = %D%/test_sniff.c
tests_unit_test_sniff_LDADD = $(sniff_LIBS)
tests_unit_test_look_SOURCES = %D%/test_look.c %D%/input.h
tests_unit_test_look_LDADD = $(sniff_LIBS)
# Whether the fields that the tables name are fields is for config to say.
tests_unit_test_known_SOURCES = %D%/test_known.c
tests_unit_test_known_LDADD = libconfig-job.a libsniff.a libtext.a $(config_LIBS)

# --- config
config_LIBS = libconfig-job.a libbase.a $(LIBCONFIG_LIBS) $(CMOCKA_LIBS)
unit_programs += tests/unit/test_settings
tests_unit_test_settings_SOURCES = %D%/test_settings.c
tests_unit_test_settings_LDADD = $(config_LIBS)
unit_programs += tests/unit/test_job_syntax
tests_unit_test_job_syntax_SOURCES = %D%/test_job_syntax.c %D%/job_fixture.h
tests_unit_test_job_syntax_LDADD = $(config_LIBS)
unit_programs += tests/unit/test_job
tests_unit_test_job_SOURCES = %D%/test_job.c %D%/job_fixture.h
tests_unit_test_job_LDADD = $(config_LIBS)
unit_programs += tests/unit/test_options
tests_unit_test_options_SOURCES = %D%/test_options.c
tests_unit_test_options_LDADD = $(config_LIBS)
unit_programs += tests/unit/test_recipe
tests_unit_test_recipe_SOURCES = %D%/test_recipe.c %D%/job_fixture.h
tests_unit_test_recipe_LDADD = $(config_LIBS)
unit_programs += tests/unit/test_identity
tests_unit_test_identity_SOURCES = %D%/test_identity.c
tests_unit_test_identity_LDADD = $(config_LIBS)
unit_programs += tests/unit/test_address
tests_unit_test_address_SOURCES = %D%/test_address.c
tests_unit_test_address_LDADD = $(config_LIBS)
unit_programs += tests/unit/test_fields
tests_unit_test_fields_SOURCES = %D%/test_fields.c
tests_unit_test_fields_LDADD = $(config_LIBS)

# --- store
store_LIBS = libstore.a libjson-read.a libfiles.a libcore.a libbase.a $(LMDB_LIBS) \
	$(JSONC_LIBS) $(CRYPTO_LIBS) $(CMOCKA_LIBS)
unit_programs += tests/unit/test_record tests/unit/test_env tests/unit/test_journal \
	tests/unit/test_format tests/unit/test_store tests/unit/test_run_folder \
	tests/unit/test_audit
tests_unit_test_audit_SOURCES = %D%/test_audit.c %D%/store_fixture.h
tests_unit_test_audit_LDADD = $(store_LIBS)
tests_unit_test_store_SOURCES = %D%/test_store.c %D%/store_fixture.h
tests_unit_test_store_LDADD = $(store_LIBS)
tests_unit_test_run_folder_SOURCES = %D%/test_run_folder.c %D%/store_fixture.h
tests_unit_test_run_folder_LDADD = $(store_LIBS)
tests_unit_test_format_SOURCES = %D%/test_format.c %D%/store_fixture.h
tests_unit_test_format_LDADD = $(store_LIBS)
tests_unit_test_record_SOURCES = %D%/test_record.c %D%/store_fixture.h
tests_unit_test_record_LDADD = $(store_LIBS)
tests_unit_test_env_SOURCES = %D%/test_env.c %D%/store_fixture.h
tests_unit_test_env_LDADD = $(store_LIBS)
tests_unit_test_journal_SOURCES = %D%/test_journal.c %D%/store_fixture.h \
	tests/conform/append.h tests/conform/journal_suite.h
tests_unit_test_journal_LDADD = $(store_LIBS)

# --- runner/engine
unit_programs += tests/unit/test_room
tests_unit_test_room_SOURCES = %D%/test_room.c
tests_unit_test_room_LDADD = libengine.a libcore.a libbase.a $(CMOCKA_LIBS)

# --- runner/nation
unit_programs += tests/unit/test_json
tests_unit_test_json_SOURCES = %D%/test_json.c
tests_unit_test_json_LDADD = libjson-read.a libbase.a $(JSONC_LIBS) $(CMOCKA_LIBS)
nation_LIBS = libnation.a libjson-read.a libfiles.a libbase.a $(CURL_LIBS) $(JSONC_LIBS) \
	$(CMOCKA_LIBS)
unit_programs += tests/unit/test_answer
tests_unit_test_answer_SOURCES = %D%/test_answer.c
tests_unit_test_answer_LDADD = $(nation_LIBS)
unit_programs += tests/unit/test_result
tests_unit_test_result_SOURCES = %D%/test_result.c
tests_unit_test_result_LDADD = $(nation_LIBS)
unit_programs += tests/unit/test_token
tests_unit_test_token_SOURCES = %D%/test_token.c
tests_unit_test_token_LDADD = $(nation_LIBS)
unit_programs += tests/unit/test_grant
tests_unit_test_grant_SOURCES = %D%/test_grant.c
tests_unit_test_grant_LDADD = $(nation_LIBS)
unit_programs += tests/unit/test_renewal
tests_unit_test_renewal_SOURCES = %D%/test_renewal.c
tests_unit_test_renewal_LDADD = $(nation_LIBS)

# --- runner/sys
unit_programs += tests/unit/test_helper
tests_unit_test_helper_SOURCES = %D%/test_helper.c
tests_unit_test_helper_LDADD = libsys.a libbase.a $(CMOCKA_LIBS)
unit_programs += tests/unit/test_control
tests_unit_test_control_SOURCES = %D%/test_control.c
tests_unit_test_control_LDADD = libsys.a libjson-read.a libfiles.a libcore.a libbase.a $(JSONC_LIBS) \
	$(CMOCKA_LIBS)
unit_programs += tests/unit/test_confine
tests_unit_test_confine_SOURCES = %D%/test_confine.c
tests_unit_test_confine_LDADD = libsys.a libbase.a $(CMOCKA_LIBS)

# --- runner/report
report_LIBS = libreport.a libfiles.a libcore.a libbase.a $(CMOCKA_LIBS)
report_programs = \
	%D%/test_csv %D%/test_explain %D%/test_log %D%/test_loose %D%/test_outcome \
	%D%/test_news %D%/test_progress %D%/test_grounds %D%/test_rejected %D%/test_report \
	%D%/test_status %D%/test_watch
unit_programs += $(report_programs)
dist_noinst_HEADERS += %D%/report_fixture.h
tests_unit_test_csv_SOURCES = %D%/test_csv.c
tests_unit_test_csv_LDADD = $(report_LIBS)
tests_unit_test_explain_SOURCES = %D%/test_explain.c
tests_unit_test_explain_LDADD = $(report_LIBS)
tests_unit_test_outcome_SOURCES = %D%/test_outcome.c
tests_unit_test_outcome_LDADD = $(report_LIBS)
tests_unit_test_progress_SOURCES = %D%/test_progress.c
tests_unit_test_progress_LDADD = $(report_LIBS)
tests_unit_test_news_SOURCES = %D%/test_news.c
tests_unit_test_news_LDADD = $(report_LIBS)
tests_unit_test_watch_SOURCES = %D%/test_watch.c
tests_unit_test_watch_LDADD = $(report_LIBS)
tests_unit_test_log_SOURCES = %D%/test_log.c
tests_unit_test_log_LDADD = $(report_LIBS)
tests_unit_test_loose_SOURCES = %D%/test_loose.c
tests_unit_test_loose_LDADD = $(report_LIBS)
tests_unit_test_grounds_SOURCES = %D%/test_grounds.c
tests_unit_test_grounds_LDADD = $(report_LIBS)
tests_unit_test_rejected_SOURCES = %D%/test_rejected.c
tests_unit_test_rejected_LDADD = $(report_LIBS)
tests_unit_test_report_SOURCES = %D%/test_report.c
tests_unit_test_report_LDADD = $(report_LIBS)
tests_unit_test_status_SOURCES = %D%/test_status.c
tests_unit_test_status_LDADD = $(report_LIBS)

# --- sandbox
unit_programs += tests/unit/test_sandbox_model
tests_unit_test_sandbox_model_SOURCES = %D%/test_sandbox_model.c
tests_unit_test_sandbox_model_LDADD = libmodel.a libbase.a $(CMOCKA_LIBS)

unit_programs += tests/unit/test_sandbox_csv
tests_unit_test_sandbox_csv_SOURCES = %D%/test_sandbox_csv.c
tests_unit_test_sandbox_csv_LDADD = libmodel.a libbase.a $(CMOCKA_LIBS)

unit_programs += tests/unit/test_sandbox_body
tests_unit_test_sandbox_body_SOURCES = %D%/test_sandbox_body.c
tests_unit_test_sandbox_body_LDADD = libmodel.a libbase.a $(CMOCKA_LIBS)

unit_programs += tests/unit/test_sandbox_fault
tests_unit_test_sandbox_fault_SOURCES = %D%/test_sandbox_fault.c
tests_unit_test_sandbox_fault_LDADD = libmodel.a libbase.a $(CMOCKA_LIBS)

check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)
endif
