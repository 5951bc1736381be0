/** What tests need to read of our own Markdown: fenced blocks and relative links. */

export type Block = {
  /** `sh`, `js`, …; empty for plain text. */
  language: string
  text: string
  /** Line of the opening fence, from 1. */
  line: number
  /** From `<!-- not run: reason -->` above the block; null when it has to run. */
  notRun: string | null
}

const FENCE = /^```(\w*)$/u
const NOT_RUN = /^<!-- not run: (.+) -->$/u

export function readBlocks(markdown: string): Block[] {
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const language = FENCE.exec(lines[at] ?? '')?.[1]
    if (language === undefined) continue
    const end = lines.indexOf('```', at + 1)
    if (end < 0) throw new Error(`the block that begins in line ${at + 1} has no end`)
    const above = lines.slice(0, at).findLast((line) => line !== '') ?? ''
    const notRun = NOT_RUN.exec(above)?.[1] ?? null
    blocks.push({ language, text: lines.slice(at + 1, end).join('\n'), line: at + 1, notRun })
    at = end
  }
  return blocks
}

/** Targets of links and images that are no web addresses, without their `#part`. */
export function readRelativeLinks(markdown: string): string[] {
  const targets = [...markdown.matchAll(/\]\(([^)\s]+)\)/gu)].map(([, target = '']) => target)
  return targets.filter((target) => !/^[a-z]+:|^#/u.test(target)).map((target) => target.replace(/#.*$/u, ''))
}
