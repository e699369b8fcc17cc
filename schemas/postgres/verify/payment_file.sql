-- Verify sawa:payment_file on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('participant_account', 'bank_profile', 'payment_file',
                         'payment_file_item', 'payment_file_signature', 'payment_reply',
                         'payment_status');
CALL pg_temp.need_constraints('participant_account', 'participant_accounts_are_immutable');
CALL pg_temp.need_constraints('bank_profile', 'pacs_names_its_agents',
                              'bank_profiles_are_immutable');
CALL pg_temp.need_constraints('payment_file', 'message_id_is_the_file_s',
                              'payment_file_digest_is_of_its_content',
                              'payment_file_is_released_in_time', 'payment_files_stay',
                              'i3_control_sum_is_of_its_items',
                              'payment_file_moves_along_its_arrows');
CALL pg_temp.need_indexes('payment_file_item', 'i3_instruction_in_one_file');
CALL pg_temp.need_constraints('payment_file_signature', 'maker_is_not_checker',
                              'signed_is_what_was_prepared', 'signatures_are_immutable');
CALL pg_temp.need_constraints('payment_reply', 'payment_reply_is_read_once',
                              'payment_reply_digest_is_of_its_content', 'replies_are_immutable');
CALL pg_temp.need_constraints('payment_status', 'statuses_are_immutable');
CALL pg_temp.need_constraints('instruction', 'instruction_moves_forward');
CALL pg_temp.need_grant('sawa_corridor', 'INSERT', 'participant_account', 'bank_profile');
CALL pg_temp.need_grant('sawa_relay', 'SELECT', 'instruction', 'payment_file', 'bank_profile');
CALL pg_temp.need_grant('sawa_relay', 'UPDATE (state, staged_commit_id, changed_at)',
                        'payment_file');
CALL pg_temp.need_grant('sawa_relay', 'UPDATE (status)', 'instruction');
CALL pg_temp.need_grant('sawa_maker', 'INSERT (file_id, signed_by, digest, commit_id)',
                        'payment_file_signature');
CALL pg_temp.need_grant('sawa_checker', 'INSERT (file_id, signed_by, digest, commit_id)',
                        'payment_file_signature');

ROLLBACK;
