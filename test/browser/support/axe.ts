/// <reference lib="dom" />
/** What axe finds on the page as it stands. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

type Node = { target: string[]; failureSummary: string }
export type Violation = { id: string; impact: string; nodes: Node[] }
export type AxeReport = {
  violations: Violation[]
  /** Rules that were applied and hold. */
  passes: { id: string; nodes: unknown[] }[]
}

export async function runAxe(page: Page): Promise<AxeReport> {
  // The policy of the page allows no script inside it; the tool's own way around is its connection to the browser.
  await page.evaluate(AXE)
  return page.evaluate(async (tags) => {
    const { axe } = globalThis as unknown as { axe: { run: (options: object) => Promise<AxeReport> } }
    const { violations, passes } = await axe.run({ runOnly: tags })
    return { violations, passes: passes.map(({ id, nodes }) => ({ id, nodes: nodes.map(() => null) })) }
  }, TAGS)
}

export function isSerious({ impact }: Violation): boolean {
  return impact === 'serious' || impact === 'critical'
}
