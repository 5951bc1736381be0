/** Colours for code. Loaded when the first code is shown. */
import { parse } from 'sugar-high/core'
import type { ParseOptions } from 'sugar-high/core'
import * as go from 'sugar-high/lang/go'
import * as python from 'sugar-high/lang/python'
import * as shell from 'sugar-high/lang/shell'
import * as typescript from 'sugar-high/lang/typescript'

export type Token = { kind: string; text: string }

const RULES: Readonly<Record<string, ParseOptions>> = {
  cURL: shell,
  Go: go,
  Python: python,
  TypeScript: typescript,
}

/** One list of tokens a line. */
export function highlight(code: string, language: string): Token[][] {
  // A secret has no grammar.
  if (language === 'Key') return [[{ kind: 'identifier', text: code }]]
  const { lines } = parse(code, RULES[language])
  return lines.map(({ tokens }) => tokens.map(({ type, value }) => ({ kind: type, text: value })))
}
