-- First line of every test: \ir lib/begin.sql
\set QUIET on
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = sawa, tap;
\ir fixture.sql
SELECT no_plan();
