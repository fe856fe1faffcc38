import type { Complaint, Lexed, Token } from './tokens.ts'

/** The plainest thing wrong with a text that can't be parsed, in words for someone who doesn't know the grammar. */
export function complaintAbout({ tokens, unclosedString, text }: Lexed): Complaint | undefined {
  if (unclosedString !== undefined)
    return {
      offset: unclosedString,
      message: { en: 'This text is never closed.', zh: '这段文本没有结束引号。' },
      hint: { en: 'Put the same quote at its end.', zh: '请在结尾加上相同的引号。' },
    }
  if (tokens.length === 0)
    return {
      offset: 0,
      message: { en: 'The expression is empty.', zh: '表达式为空。' },
      hint: { en: 'Write a condition such as amount > 100.', zh: '请写一个条件，例如 amount > 100。' },
    }
  return (
    tokens.map(complaintAboutToken).find((found) => found !== undefined) ??
    complaintAboutBrackets(tokens, text.length) ??
    complaintAboutOrder(tokens, text.length)
  )
}

const spelled = new Map([
  ['and', '&&'],
  ['AND', '&&'],
  ['or', '||'],
  ['OR', '||'],
  ['not', '!'],
  ['NOT', '!'],
  ['=', '=='],
  ['<>', '!='],
  ['&', '&&'],
  ['|', '||'],
  ['IN', 'in'],
  ['并且', '&&'],
  ['或者', '||'],
  ['（', '('],
  ['）', ')'],
  ['，', ','],
  ['“', '"'],
  ['”', '"'],
  ['‘', '"'],
  ['’', '"'],
  ['＞', '>'],
  ['＜', '<'],
  ['＝', '=='],
  ['！', '!'],
  ['≥', '>='],
  ['≤', '<='],
  ['≠', '!='],
  ['？', '?'],
  ['：', ':'],
])

function complaintAboutToken(token: Token): Complaint | undefined {
  const { text, offset } = token
  const instead = spelled.get(text)
  if (instead !== undefined)
    return {
      offset,
      message: { en: `${text} is not part of the language.`, zh: `表达式中不能写 ${text}。` },
      hint: { en: `Write ${instead}`, zh: `请写成 ${instead}` },
    }
  if (/^(is|IS|null|NULL)$/.test(text))
    return {
      offset,
      message: { en: `${text} is not part of the language.`, zh: `表达式中不能写 ${text}。` },
      hint: { en: 'Ask with known(x) or !known(x).', zh: '请用 known(x) 或 !known(x) 判断是否有值。' },
    }
  if (token.kind === 'stray')
    return {
      offset,
      message: { en: `The character ${text} has no meaning here.`, zh: `字符 ${text} 在此处没有意义。` },
    }
  if (token.kind === 'operand' && /^[^0-9"']/u.test(text) && !/^[A-Za-z0-9_]+(["'].*)?$/su.test(text))
    return {
      offset,
      message: {
        en: `The name ${text} has letters that a bare name can't have.`,
        zh: `名称 ${text} 不能直接书写。`,
      },
      hint: { en: `Write row["${text}"]`, zh: `请写成 row["${text}"]` },
    }
  return undefined
}

function complaintAboutBrackets(tokens: readonly Token[], end: number): Complaint | undefined {
  const open: Token[] = []
  const partner: Record<string, string> = { ')': '(', ']': '[', '}': '{' }
  for (const token of tokens) {
    if (token.kind === 'open') open.push(token)
    if (token.kind !== 'close') continue
    if (open.pop()?.text !== partner[token.text])
      return {
        offset: token.offset,
        message: {
          en: `This ${token.text} closes nothing that was opened.`,
          zh: `这个 ${token.text} 没有对应的左括号。`,
        },
      }
  }
  const unclosed = open.at(-1)
  if (!unclosed) return undefined
  return {
    offset: Math.min(unclosed.offset, end),
    message: { en: `This ${unclosed.text} is never closed.`, zh: `这个 ${unclosed.text} 没有闭合。` },
  }
}

function complaintAboutOrder(tokens: readonly Token[], end: number): Complaint | undefined {
  let previous: Token | undefined
  for (const token of tokens) {
    const startsValue = token.kind === 'operand' || token.kind === 'unary'
    const afterValue = previous?.kind === 'operand' || previous?.kind === 'close'
    if (startsValue && afterValue)
      return {
        offset: token.offset,
        message: {
          en: `Something like && or > is missing before ${token.text}.`,
          zh: `${token.text} 之前缺少运算符，例如 && 或 >。`,
        },
      }
    if (token.kind === 'operator' && !afterValue)
      return {
        offset: token.offset,
        message: { en: `There is no value before ${token.text}.`, zh: `${token.text} 之前缺少值。` },
      }
    previous = token
  }
  if (previous?.kind !== 'operator' && previous?.kind !== 'unary') return undefined
  return {
    offset: end,
    message: {
      en: `The expression ends after ${previous.text}; a value must follow.`,
      zh: `表达式在 ${previous.text} 之后结束，后面还应有一个值。`,
    },
  }
}
