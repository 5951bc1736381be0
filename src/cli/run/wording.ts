/** The sentences of a run, the same with bars and with plain lines. */
import type { RunEvent, RunSummary, RunWarning } from './events.ts'

type Completed = Extract<RunEvent, { event: 'completed' }>

/** `photo.jpg -> photo-edit.png  1.2 s, 340 KB` */
export function completedLine({ input, outputs, ms }: Completed): string {
  const bytes = outputs.reduce((sum, output) => sum + output.bytes, 0)
  return `${input} -> ${outputs.map(({ path }) => path).join(', ')}  ${seconds(ms)}, ${size(bytes)}`
}

export function skippedLine({ input, outputs }: Extract<RunEvent, { event: 'skipped' }>): string {
  return `${input} -> ${outputs.join(', ')}  done before`
}

export function failedLine({ input, message }: Extract<RunEvent, { event: 'failed' }>): string {
  return `${input} failed: ${message}`
}

export function cancelledLine({ input }: Extract<RunEvent, { event: 'cancelled' }>): string {
  return `${input} cancelled`
}

/** `waiting behind 3 other jobs`, with which the pause is not this run's own. */
export function waitingStage({ behind }: Extract<RunEvent, { event: 'waiting' }>): string {
  return `waiting behind ${behind} other ${behind === 1 ? 'job' : 'jobs'}`
}

/** One warning for all files that share it: a hundred equal lines would hide the hundred-and-first. */
export function warningLines(found: readonly { input: string; warnings: readonly RunWarning[] }[]): string[] {
  const inputs = new Map<string, string[]>()
  for (const { input, warnings } of found)
    for (const { message } of warnings) inputs.set(message, [...(inputs.get(message) ?? []), input])
  return [...inputs].map(([message, names]) => `Note for ${nameAll(names)}: ${message}`)
}

function nameAll(names: readonly string[]): string {
  const SHOWN = 3
  const shown = names.slice(0, SHOWN).join(', ')
  return names.length <= SHOWN ? shown : `${shown} and ${names.length - SHOWN} more`
}

/** `3 done, 1 failed in 4.1 s` */
export function summaryLine(summary: RunSummary): string {
  const { completed, skipped, failed, notStarted, cancelled, ms } = summary
  const parts = [
    `${completed} done`,
    ...(skipped > 0 ? [`${skipped} done before`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(cancelled > 0 ? [`${cancelled} cancelled`] : []),
    ...(notStarted > 0 ? [`${notStarted} not submitted`] : []),
  ]
  return `${parts.join(', ')} in ${seconds(ms)}`
}

export function seconds(ms: number): string {
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

export function size(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`
}
