-- Revert sawa:ledger from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('period_proposal', 'period_decision', 'accounting_period');

DROP TRIGGER closed_periods_take_no_entry ON sawa.journal_entry;
DROP TRIGGER closed_periods_take_no_window ON sawa.settlement_window;
DROP TRIGGER closed_periods_reopen_no_window ON sawa.settlement_window;
REVOKE SELECT ON sawa.journal_entry, sawa.posting FROM sawa_maker;
DROP FUNCTION sawa.period_approval_check(sawa.period_proposal, sawa.period_decision);
DROP TABLE sawa.accounting_period, sawa.period_decision, sawa.period_proposal;
DROP FUNCTION sawa.journal_period_guard(), sawa.window_period_guard(), sawa.books_enter(date, name),
              sawa.books_need_read_committed(), sawa.period_obstacles_refuse(date),
              sawa.period_obstacles(date), sawa.period_order_refuse(text, date),
              sawa.period_proposal_enter(), sawa.period_proposal_guard(), sawa.period_decide(),
              sawa.accounting_period_guard(), sawa.period_refuse(text, text, text),
              sawa.trial_balance_digest(date), sawa.trial_balance(date, date);
DROP VIEW sawa.batch_place, sawa.chart_of_accounts;
DROP TABLE sawa.account_kind;

COMMIT;
