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
export { type ColumnContext, evaluateColumns, evaluateConditions } from './evaluate-columns.ts'
export {
  type Bitset,
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
export { type Scope, type ScopeColumn, type Type, type TypedExpr, typeNames } from './types.ts'
