import type { Reporter, RunEvent, TextSink } from './events.ts'

/** One JSON object a line on `out`, for programs; sentences for people go to `err`. Names as on the wire. */
export function createJsonReporter({ out, err }: { out: TextSink; err: TextSink }): Reporter {
  const line = (members: Readonly<Record<string, unknown>>): void => {
    out.write(`${JSON.stringify(members)}\n`)
  }
  return {
    report: (event) => line(toWire(event)),
    say: (sentence) => err.write(`afterimage: ${sentence}\n`),
    close: (summary) => {
      if (summary === null) return
      const { completed, skipped, failed, notStarted, cancelled, ms, isInterrupted } = summary
      const counts = { completed, skipped, failed, not_started: notStarted, cancelled }
      line({ event: 'summary', ...counts, interrupted: isInterrupted, ms })
    },
  }
}

function toWire(event: RunEvent): Readonly<Record<string, unknown>> {
  const head = { event: event.event, input: event.input }
  switch (event.event) {
    case 'started':
      return { ...head, output: event.output, resumed: event.isResumed }
    case 'accepted':
    case 'cancelled':
      return { ...head, job_id: event.jobId }
    case 'waiting':
      return { ...head, behind: event.behind }
    case 'progress':
      return { ...head, stage: event.stage, percent: event.percent }
    case 'completed':
      return { ...head, ...completedMembers(event) }
    case 'skipped':
      return { ...head, path: event.outputs[0] ?? null, outputs: event.outputs }
    case 'failed':
      return { ...head, error: { code: event.code, message: event.message }, job_id: event.jobId }
  }
  throw new Error(`unknown event ${JSON.stringify(event satisfies never)}`)
}

function completedMembers(event: Extract<RunEvent, { event: 'completed' }>): Record<string, unknown> {
  const { jobId, engine, warnings, recipe, ms } = event
  const outputs = event.outputs.map(({ path, bytes, contentType }) => ({
    path,
    bytes,
    content_type: contentType,
  }))
  return { path: outputs[0]?.path ?? null, outputs, job_id: jobId, engine, warnings, recipe, ms }
}
