import type { Reporter, RunEvent, RunWarning, TextSink } from './events.ts'
import {
  cancelledLine,
  completedLine,
  failedLine,
  skippedLine,
  summaryLine,
  waitingStage,
  warningLines,
} from './wording.ts'

/** One line a finished file, for logs and pipes: results on `out`, faults and sentences on `err`. */
export function createPlainReporter({ out, err }: { out: TextSink; err: TextSink }): Reporter {
  const noted: { input: string; warnings: readonly RunWarning[] }[] = []
  let isWaitTold = false
  const report = (event: RunEvent): void => {
    if (event.event === 'completed') {
      noted.push(event)
      out.write(`${completedLine(event)}\n`)
    } else if (event.event === 'skipped') out.write(`${skippedLine(event)}\n`)
    else if (event.event === 'waiting' && !isWaitTold) {
      isWaitTold = true
      err.write(`${event.input} ${waitingStage(event)}\n`)
    } else if (event.event === 'cancelled') err.write(`${cancelledLine(event)}\n`)
    else if (event.event === 'failed') err.write(`${failedLine(event)}\n`)
  }
  return {
    report,
    say: (sentence) => err.write(`${sentence}\n`),
    close: (summary) => {
      for (const line of warningLines(noted)) out.write(`${line}\n`)
      if (summary !== null) out.write(`${summaryLine(summary)}\n`)
    },
  }
}
