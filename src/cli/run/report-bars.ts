import { MultiBar, type SingleBar } from 'cli-progress'
import type { Reporter, RunEvent, RunWarning } from './events.ts'
import { shortName } from './targets.ts'
import {
  cancelledLine,
  completedLine,
  failedLine,
  skippedLine,
  summaryLine,
  waitingStage,
  warningLines,
} from './wording.ts'

/** More finished bars than this would push the running ones off a screen of 24 lines. */
const KEPT_BARS = 12
const NAME_WIDTH = 28

const FORMAT = {
  format: '{name} {bar} {percentage}% {stage}',
  barCompleteChar: '█',
  barIncompleteChar: '░',
  barsize: 28,
  hideCursor: true,
  clearOnComplete: false,
  stopOnComplete: false,
  // The program restores the cursor itself; the library's handler would end the run at the first Ctrl-C.
  gracefulExit: false,
  forceRedraw: true,
} as const

/** One bar a file and one for all, on a terminal. With many files, finished bars make room as plain lines. */
export function createBarsReporter(stream: NodeJS.WriteStream, total: number): Reporter {
  const bars = new MultiBar({ ...FORMAT, stream })
  const all = bars.create(total, 0, { name: pad(`all ${total} files`), stage: '' })
  const byInput = new Map<string, SingleBar>()
  const noted: { input: string; warnings: readonly RunWarning[] }[] = []
  const lines: string[] = []

  const end = (input: string, text: string, stage: string): void => {
    const bar = byInput.get(input)
    byInput.delete(input)
    all.increment(1)
    if (total > KEPT_BARS || bar === undefined) {
      if (bar !== undefined) bars.remove(bar)
      bars.log(`${text}\n`)
      return
    }
    lines.push(text)
    bar.update(stage.startsWith('done') ? 100 : bar.getProgress() * 100, { stage })
  }
  const report = (event: RunEvent): void => {
    const { input } = event
    if (event.event === 'started')
      byInput.set(input, bars.create(100, 0, { name: pad(shortName(input)), stage: 'uploading' }))
    else if (event.event === 'accepted') byInput.get(input)?.update({ stage: 'queued' })
    else if (event.event === 'waiting') byInput.get(input)?.update({ stage: waitingStage(event) })
    else if (event.event === 'progress') byInput.get(input)?.update(event.percent, { stage: event.stage })
    else if (event.event === 'skipped') end(input, skippedLine(event), 'done before')
    else if (event.event === 'cancelled') end(input, cancelledLine(event), 'cancelled')
    else if (event.event === 'failed') end(input, failedLine(event), 'failed')
    else {
      noted.push(event)
      end(input, completedLine(event), 'done')
    }
  }
  return {
    report,
    say: (sentence) => bars.log(`${sentence}\n`),
    close: (summary) => {
      bars.update()
      bars.stop()
      const last = summary === null ? [] : [summaryLine(summary)]
      for (const line of [...lines, ...warningLines(noted), ...last]) stream.write(`${line}\n`)
    },
  }
}

function pad(name: string): string {
  return name.padEnd(NAME_WIDTH)
}
