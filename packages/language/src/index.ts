export {
  type ArithmeticOp,
  type ComparisonOp,
  childrenOf,
  type Expr,
  type FunctionName,
  functionNames,
  type MatchOp,
  type Node,
  type Position,
  referencedNames,
  referencedSegments,
  replaceNodes,
} from './ast.ts'
export {
  type BusinessDay,
  businessDaysOf,
  type DateParts,
  dateParts,
  formatIsoDate,
  monthStart,
  parseDate,
} from './calendar.ts'
export { type CheckOptions, type CheckOutcome, checkExpression } from './check.ts'
export {
  type EvaluationContext,
  evaluateExpression,
  type Row,
  type Value,
} from './evaluate.ts'
export { type ColumnContext, evaluateColumns, prepareConditions } from './evaluate-columns.ts'
export {
  type Bitset,
  bitsOf,
  type Column,
  type ColumnTable,
  type ConditionColumn,
  countBits,
  createBitset,
  hasBit,
  type NumberValues,
  type ResultColumn,
  setBit,
  type Validity,
} from './kernels/columns.ts'
export { limits } from './limits.ts'
export { nearest } from './nearest.ts'
export { type ParseOutcome, parseExpression } from './parse.ts'
export { printExpression, printName, quote } from './print.ts'
export { LanguageError, type Problem, type ProblemCode } from './problem.ts'
export {
  queryToRule,
  type RuleQueryGroup,
  type RuleQueryOperator,
  type RuleQueryRule,
  type RuleQueryValue,
  ruleQueryOperators,
  ruleToQuery,
  segmentField,
} from './rule-query.ts'
export { type Scope, type ScopeColumn, type Type, type TypedExpr, typeNames } from './types.ts'
export { type Messages, placeholders, say, sayBoth } from './words/catalogue.ts'
export { formatDate, formatInstant, formatMonth, formatPeriod } from './words/date.ts'
export { roundShown, shownDecimal } from './words/decimal.ts'
export { formatDays, formatDuration, formatMonths, formatYears } from './words/duration.ts'
export { formatMoney, type Money, type MoneyWords, minorDigits } from './words/money.ts'
export {
  formatCount,
  formatNumber,
  formatOdds,
  formatPercent,
  formatPoints,
  type NumberWords,
  type ShareWords,
} from './words/number.ts'
export { counted, formatInterval, joinWords, plural } from './words/phrase.ts'
export { formatUnit, type UnitWords } from './words/unit.ts'
