import { byDialect, type Sql, sql } from './sql.ts'

/** 60 bits by which customers are sampled and assigned: sha256 of salt, 0x1f and number, the same in every engine and in Node. */
export function saltedHash(salt: string, id: Sql): Sql {
  // The separator is written by its code, so that a statement that is shown holds no control character.
  return byDialect((dialect) => dialect.hash60(sql`${salt} || chr(31) || ${id}`))
}
