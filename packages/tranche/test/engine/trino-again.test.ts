import { expect, it } from 'vitest'
import { maySendAgain } from '../../src/engine/trino-again.ts'
import { TrinoFailure } from '../../src/engine/trino-protocol.ts'

const failure = (errorName: string, begun = false) =>
  new TrinoFailure('q', { message: '', errorName, errorType: 'INTERNAL_ERROR' }, begun)
const deadConnection = failure('GENERIC_INTERNAL_ERROR')

it.each([
  'select 1',
  '\n    with one as (select 1 as a) select a from one',
  'insert into t values (1)',
  'delete from t where a = 1',
  'create table c with (format = ?)\n      as select * from t',
  'create or replace table t (a bigint)',
  'create or replace view v as select 1 as a',
  'drop table if exists t',
  'create schema if not exists s',
  "alter table lake.s.t execute add_files(location => 'local:///x', format => 'PARQUET')",
])('%s is sent again where its work had not begun', (text) => {
  expect(maySendAgain(deadConnection, text)).toBe(true)
})

it.each([
  'create table t (a bigint)',
  'create schema s',
  'drop table t',
  'alter table t add column b bigint',
])('%s is not: what the coordinator had done of it nobody knows', (text) => {
  expect(maySendAgain(deadConnection, text)).toBe(false)
})

it('Nothing is sent again whose work had begun, or whose failure stays', () => {
  expect(maySendAgain(failure('ICEBERG_CATALOG_ERROR', true), 'select 1')).toBe(false)
  expect(maySendAgain(failure('TABLE_NOT_FOUND'), 'select 1')).toBe(false)
  expect(maySendAgain(failure('EXCEEDED_LOCAL_MEMORY_LIMIT'), 'select 1')).toBe(false)
})
