import { checkStudio } from './lib/studio-checks.ts'
import { renderTable } from './lib/table.ts'
import type { Benchmark } from './run.ts'

const HEAD = [
  'page',
  'axe faults, serious',
  'axe faults, others',
  'axe rules that hold',
  'contrast: too low of all',
  'layout shift',
  'requests',
  'kB received',
  'of it script',
]

export const benchmark: Benchmark = {
  title:
    'Each page of the Studio, opened by itself in a fresh Chromium, light and dark summed: what axe finds under WCAG ' +
    '2.2 AA and its best practices, texts whose contrast is too low, the shift of the layout while it loads (the ' +
    'larger of the two), and what is asked of the server until nothing more comes, as compressed on the wire.',
  isTimeless: true,
  run: async () => {
    const pages = await checkStudio()
    return renderTable(
      HEAD,
      pages.map((page) => [
        page.name,
        page.serious,
        page.others,
        page.holds,
        `${page.lowContrast} of ${page.texts}`,
        page.shift,
        page.requests,
        page.kilobytes,
        page.scriptKilobytes,
      ]),
    )
  },
}
