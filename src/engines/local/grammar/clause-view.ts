/** What readers may ask of a clause. */
import { stemOf } from './stem.ts'
import type { Meaning } from './vocabulary/meaning.ts'

/** A phrase that was found, a number, or a word nobody knows (`meaning` null). */
export type Item = {
  meaning: Meaning | null
  text: string
  stems: readonly string[]
  isNumber: boolean
  start: number
  end: number
}

export type Unit = 'percent' | 'px' | 'degrees' | 'stops' | 'times' | 'ratio' | 'size' | null
export type Quantity = { value: number; second: number; unit: Unit; text: string }

export type ClauseView = {
  colours: readonly string[]
  quantities: readonly Quantity[]
  /** True when the clause contains one of these words in any form. */
  has: (...words: readonly string[]) => boolean
  /** -1, 0 or 1: which way the verb goes. */
  sign: -1 | 0 | 1
  /** Product of the degree words; 1 without any. */
  degree: number
}

export function viewOf(items: readonly Item[], verb: { sign: -1 | 0 | 1 }): ClauseView {
  const stems = new Set(items.flatMap((item) => item.stems))
  const degrees = items.flatMap(({ meaning }) => (meaning?.kind === 'degree' ? [meaning.factor] : []))
  return {
    colours: items.flatMap(({ meaning }) => (meaning?.kind === 'colour' ? [meaning.hex] : [])),
    quantities: quantitiesOf(items),
    has: (...words) => words.some((word) => stems.has(stemOf(word))),
    sign: verb.sign,
    degree: degrees.reduce((product, factor) => product * factor, 1),
  }
}

const UNITS: Readonly<Record<string, Unit>> = {
  percent: 'percent',
  px: 'px',
  pixel: 'px',
  degre: 'degrees',
  deg: 'degrees',
  stop: 'stops',
  ev: 'stops',
  tim: 'times',
  x: 'times',
}

const NAMES: ReadonlySet<string> = new Set(['s', 'k', 'mm'])

function quantitiesOf(items: readonly Item[]): Quantity[] {
  return items.flatMap((item, index) => {
    if (!item.isNumber) return []
    const [first = '', second] = item.text.split(/[:x×/]/u)
    const value = Number(first.replace(',', '.').replace('−', '-'))
    if (second !== undefined) {
      const unit: Unit = /[x×]/u.test(item.text) && value >= 32 ? 'size' : 'ratio'
      return [{ value, second: Number(second), unit, text: item.text }]
    }
    const next = items[index + 1]?.stems[0] ?? ''
    // "The 70s", "4k", "35 mm" are names, not amounts.
    if (NAMES.has(next)) return []
    return [{ value, second: 0, unit: UNITS[next] ?? null, text: item.text }]
  })
}
