import type { Random } from '../../src/pipeline/simulate/random.ts'
import { pick, randomBytes } from './spoilt-file.ts'

/** A file of definitions put beside good ones, and what the program must say of it. */
export interface SpoiltDefinitions {
  readonly path: string
  readonly bytes: Uint8Array
  /** Said on stderr; null where the definitions are good and must be taken. */
  readonly says: RegExp | null
}

export interface SpoiltDefinitionsClass {
  readonly key: string
  readonly make: (random: Random, index: number) => SpoiltDefinitions
}

const feature = (key: string, rest: string) => `- key: ${key}\n  label: {en: A, zh: 甲}\n${rest}\n`
const spendLike = 'from: transactions\n  measure: {sum: amount}'
const inFile = (path: string, text: string, says: RegExp | null): SpoiltDefinitions => ({
  path,
  bytes: Buffer.from(text),
  says,
})

/** File, line and column, as the definitions of this path are named. */
const at = (path: string, what: RegExp) =>
  new RegExp(`${path.replaceAll('.', '\\.')}(:\\d+(:\\d+)?)?: [\\s\\S]*${what.source}`, 'i')

const words = [
  `'; drop table customer_value; --`,
  `"; drop view standard.transactions; --`,
  `x) union select 1 --`,
  `a b`,
  `Spend`,
  `1st`,
  `消费`,
  `a-b`,
  `../../etc`,
  `__proto__`,
  `a\\u0000b`,
]

/** Definitions as hands, editors and attackers spoil them. */
export const spoiltDefinitions: readonly SpoiltDefinitionsClass[] = [
  {
    key: 'YAML that is none',
    make: (random, index) => {
      const path = `features/broken${index}.yaml`
      const good = feature('broken', `  ${spendLike}`)
      const text = pick(random, [
        () => good.replace('  label', '\tlabel'),
        () => `${good}  measure: {sum: amount`,
        () => `${good}   - key: [`,
        () => good.replace('{en: A', '{en: "A'),
        () => `${good}---\n${good}`,
        () => `key: &a [*b]\n`,
        () => `%YAML 9.9\n${good}\n  :::`,
        () => `- !!js/function 'function () {}'\n- key: "\\q"\n`,
        () => `- ? [a\n${good}`,
      ])()
      return inFile(path, text, at(path, /(YAML|expected|unrecognized|document)/))
    },
  },
  {
    key: 'definitions that are no text',
    make: (random, index) => {
      const path = `features/bytes${index}.yaml`
      return {
        path,
        bytes: Buffer.concat([
          Buffer.from('- key: a'),
          Buffer.from([0xff, 0xfe, 0x80 + random.below(64)]),
          randomBytes(random, 50 + random.below(300)),
        ]),
        says: at(path, /UTF-8/),
      }
    },
  },
  {
    key: 'aliases that unfold without end',
    make: (random, index) => {
      const path = `features/alias${index}.yaml`
      const levels = 8 + random.below(20)
      const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
      for (let level = 1; level <= levels; level++)
        lines.push(
          `a${level}: &a${level} [${Array(9)
            .fill(`*a${level - 1}`)
            .join(', ')}]`,
        )
      return inFile(path, `${lines.join('\n')}\n`, at(path, /alias/))
    },
  },
  {
    key: 'nested without end',
    make: (random, index) => {
      const path = `features/deep${index}.yaml`
      const depth = 200 + random.below(5000)
      const text = pick(random, [
        () => `- key: ${'['.repeat(depth)}`,
        () => `- key: ${'{a: '.repeat(depth)}`,
        () => `${'- '.repeat(depth)}x`,
        () =>
          Array.from({ length: Math.min(depth, 1500) }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
        () => `${'? '.repeat(depth)}x`,
        () => `- key: ${'!!map '.repeat(depth)}`,
        () => `- key: ${'-\t'.repeat(depth)}`,
      ])()
      return inFile(path, text, at(path, /(nested|YAML|expected|key|unrecognized|invalid)/))
    },
  },
  {
    key: 'keys given twice',
    make: (random, index) => {
      const path = `features/twice${index}.yaml`
      return pick(random, [
        () =>
          inFile(
            path,
            feature('twice', `  from: transactions\n  ${spendLike}`),
            at(path, /(unique|duplicate|twice)/),
          ),
        () => inFile(path, feature('twice', `  ${spendLike}`).repeat(2), at(path, /defined twice/)),
        () => inFile(path, feature('spend', `  ${spendLike}`), /defined twice; first at features\/\S+:\d+/),
      ])()
    },
  },
  {
    key: 'names that nobody knows',
    make: (random, index) => {
      const path = `features/unknown${index}.yaml`
      const word = pick(random, [
        'mesure',
        'windw',
        'sql',
        '__proto__',
        'constructor',
        'eval',
        `"'; drop table x; --"`,
        'toString',
      ])
      return pick(random, [
        () =>
          inFile(path, feature('unknown', `  ${spendLike}\n  ${word}: 1`), at(path, /unrecognized|unknown/)),
        () =>
          inFile(
            path,
            feature('unknown', `  from: transactons\n  measure: {sum: amount}`),
            at(path, /transactons/),
          ),
        () =>
          inFile(
            path,
            feature('unknown', `  from: transactions\n  measure: {sum: amout}`),
            at(path, /amout/),
          ),
        () => inFile(path, feature('unknown', `  expression: spend + spnd`), at(path, /spnd/)),
        () =>
          inFile(
            path,
            feature('unknown', `  from: transactions\n  measure: {total: amount}`),
            at(path, /measure/),
          ),
      ])()
    },
  },
  {
    key: 'values of a wrong kind',
    make: (random, index) => {
      const path = `features/kind${index}.yaml`
      const junk = pick(random, [
        '1e999',
        '.nan',
        '-.inf',
        '[]',
        '{}',
        'null',
        '2001-01-01',
        '!!binary aGk=',
        '-1',
        '0',
        '99999999999999999999',
        '[[1]]',
        '{a: {b: 1}}',
      ])
      const places = ['window', 'measure', 'label', 'ratio', 'unit']
      const place = pick(random, places)
      const base = feature('kind', `  ${spendLike}`)
      const text =
        place === 'label'
          ? base.replace('{en: A, zh: 甲}', junk)
          : place === 'measure'
            ? base.replace('{sum: amount}', junk)
            : `${base}  ${place}: ${place === 'window' ? pick(random, [junk, `{last: ${junk}}`]) : junk}\n`
      return inFile(path, text, at(path, /(expected|invalid|exactly one)/))
    },
  },
  {
    key: 'circles',
    make: (random, index) => {
      const path = `features/circle${index}.yaml`
      const length = 1 + random.below(40)
      const text = Array.from({ length }, (_, step) =>
        feature(`c${index}_${step}`, `  expression: c${index}_${(step + 1) % length} + ${step}`),
      ).join('')
      return inFile(path, text, at(path, /circle: feature:c\d+_\d+ →/))
    },
  },
  {
    key: 'expressions made to hurt',
    make: (random, index) => {
      const path = `features/hurt${index}.yaml`
      const depth = 100 + random.below(4000)
      const expression = pick(random, [
        () => `${'('.repeat(depth)}spend${')'.repeat(depth)}`,
        () => `${'!'.repeat(depth)}spend`,
        // A chain is long, not deep: more than half the parts that an expression may have.
        () => `spend${' + spend'.repeat(250 + depth)}`,
        () => `${'spend ? '.repeat(depth)}1${' : 1'.repeat(depth)}`,
        () => `${'['.repeat(depth)}${']'.repeat(depth)}`,
        () => 'x'.repeat(1_000_000),
        () => `"${'\\\\'.repeat(depth)}`,
        () => `spend == "'; drop table x; --`,
        () => `spend.__proto__.x`,
        () => `constructor("return process")()`,
        () => 'spend > 1; drop table x',
        () => `spend + read_csv('/etc/passwd')`,
        () => `getenv("HOME") == ""`,
        () => '1 < spend < 3',
        () => 'spend == null',
        () => `spend matches "(a+)+$"`,
        () => '\u0000',
        () => '💥',
      ])()
      return inFile(path, feature('hurt', `  expression: ${JSON.stringify(expression)}`), at(path, /\S/))
    },
  },
  {
    key: 'SQL for a key',
    make: (random, index) => {
      const path = `features/sql${index}.yaml`
      return inFile(
        path,
        feature(JSON.stringify(pick(random, words)), `  ${spendLike}`),
        at(path, /expected a key/),
      )
    },
  },
  {
    key: 'SQL for a column, a table, a file',
    make: (random, index) => {
      const path = `sources/sql${index}.yaml`
      const word = `${pick(random, words)}${index}`
      const text = pick(random, [
        () => `key: ${JSON.stringify(word)}\nfiles: data/orders\n`,
        () => `key: evil\nfiles: data/orders\ntables: [{table: ${JSON.stringify(word)}, columns: {}}]\n`,
        () =>
          `key: evil\nfiles: data/orders\ntables: [{table: transactions, columns: {${JSON.stringify(word)}: {from: amount}}}]\n`,
        () =>
          `key: evil\nfiles: data/orders\ntables: [{table: transactions, columns: {amount: {expr: ${JSON.stringify(`(${word}`)}}}}]\n`,
        () =>
          `key: evil\nfiles: data/orders\ntables: [{table: transactions, columns: {amount: {from: amount, format: ${JSON.stringify(word)}}}}]\n`,
        () =>
          `key: evil\nfiles: data/orders\ntables: [{table: transactions, columns: {occurred_at: {from: time, timeZone: ${JSON.stringify(word)}}}}]\n`,
        () =>
          `key: evil\nfiles: data/orders\nformat: {type: csv, delimiter: ${JSON.stringify(word)}}\ntables: [{table: transactions, columns: {amount: {from: amount}}}]\n`,
      ])()
      return inFile(path, text, at(path, /\S/))
    },
  },
  {
    key: 'SQL for words that people read',
    make: (random, index) => {
      const word = pick(random, [
        ...words.slice(0, 3),
        `<script>alert(1)</script>`,
        '{{x}}',
        '=1+1',
        '\u202e',
        '%s',
      ])
      const path = `features/words${index}.yaml`
      const quoted = JSON.stringify(word)
      return inFile(
        path,
        `- key: words${index}\n  label: {en: ${quoted}, zh: ${quoted}}\n  description: {en: ${quoted}, zh: ${quoted}}\n  owner: ${quoted}\n  ${spendLike}\n  where: category == ${JSON.stringify(quoted)}\n  empty: 0\n`,
        null,
      )
    },
  },
  {
    key: 'an institution that makes no sense',
    make: (random, index) => {
      const base = 'name: {en: Shop, zh: 小店}\n'
      const text = pick(random, [
        () => `${base}timeZone: Mars/Olympus\n`,
        () => `${base}timeZone: "'; drop table x; --"\n`,
        () => `${base}currency: yuan${index}\n`,
        () => `${base}asOf: yesterday\n`,
        () => `${base}value: {horizonMonths: -1}\n`,
        () => `${base}value: {where: "kind == "}\n`,
        () => `${base}value: {where: "nope == 1"}\n`,
        () => `${base}value: {amount: "'; drop"}\n`,
        () => `${base}tiers: {by: rank, shares: [0.2, 0.2]}\n`,
        () => `${base}tiers: {by: rank, shares: [2, -1, 0]}\n`,
        () => `${base}rfm: {convention: cuts}\n`,
        () => `${base}rfm: {convention: cuts, cuts: {r: [3, 1], f: [], m: [1]}}\n`,
        () => `${base}warehouse: {engine: oracle}\n`,
        () => `${base}warehouse: {engine: duckdb, threads: 1e9}\n`,
        () => `${base}identity: [{systems: [a, b]}]\n`,
        () => `${base}identity: [{systems: [a, b], by: [shoe_size]}]\n`,
        () => `${base}runs: {keep: 0}\n`,
        () => `name: ${index}\n`,
        () => '',
        () => 'null',
        () => '[]',
        () => '42',
      ])()
      return inFile('tranche.yaml', text, at('tranche.yaml', /\S/))
    },
  },
]
