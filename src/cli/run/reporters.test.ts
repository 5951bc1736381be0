import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Reporter, RunEvent, RunSummary, TextSink } from './events.ts'
import { createJsonReporter } from './report-json.ts'
import { createPlainReporter } from './report-plain.ts'

const WARNING = { code: 'clause_not_done', path: 'prompt', message: '"add a hat" was not done' }
const SUMMARY: RunSummary = {
  completed: 2,
  skipped: 1,
  failed: 1,
  notStarted: 0,
  cancelled: 1,
  ms: 61_500,
  isInterrupted: false,
}

function completed(input: string): RunEvent {
  const outputs = [{ path: `${input}.png`, bytes: 340_000, contentType: 'image/png' }]
  const rest = {
    jobId: 'j',
    engine: 'afterimage/local',
    warnings: [WARNING],
    recipe: [{ operation: 'sepia' }],
  }
  return { event: 'completed', input, outputs, ...rest, ms: 1234 }
}

function collect(): { sink: TextSink; text: () => string } {
  const parts: string[] = []
  return { sink: { write: (part) => parts.push(part) }, text: () => parts.join('') }
}

function play({ report, say, close }: Reporter): void {
  report({ event: 'started', input: 'a.jpg', output: 'a.png', isResumed: false })
  report({ event: 'progress', input: 'a.jpg', stage: 'edit', percent: 40 })
  report(completed('a.jpg'))
  report(completed('b.jpg'))
  report({ event: 'skipped', input: 'c.jpg', outputs: ['c.png'] })
  report({ event: 'failed', input: 'd.jpg', code: 'input_unreadable', message: 'it is empty', jobId: null })
  report({ event: 'waiting', input: 'e.jpg', behind: 1 })
  report({ event: 'waiting', input: 'e.jpg', behind: 2 })
  report({ event: 'cancelled', input: 'e.jpg', jobId: 'e' })
  say('Stopping')
  close(SUMMARY)
}

void describe('reporters', () => {
  void test('plain: one line a file, faults apart, each warning once and last', () => {
    const [out, err] = [collect(), collect()]
    play(createPlainReporter({ out: out.sink, err: err.sink }))
    assert.deepEqual(out.text().trim().split('\n'), [
      'a.jpg -> a.jpg.png  1.2 s, 340 KB',
      'b.jpg -> b.jpg.png  1.2 s, 340 KB',
      'c.jpg -> c.png  done before',
      'Note for a.jpg, b.jpg: "add a hat" was not done',
      '2 done, 1 done before, 1 failed, 1 cancelled in 1 min 2 s',
    ])
    assert.equal(
      err.text(),
      'd.jpg failed: it is empty\ne.jpg waiting behind 1 other job\ne.jpg cancelled\nStopping\n',
    )
  })

  void test('JSON: only objects on the output, one a line, summary last', () => {
    const [out, err] = [collect(), collect()]
    play(createJsonReporter({ out: out.sink, err: err.sink }))
    const lines = out
      .text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.deepEqual(
      lines.map(({ event }) => event),
      [
        'started',
        'progress',
        'completed',
        'completed',
        'skipped',
        'failed',
        'waiting',
        'waiting',
        'cancelled',
        'summary',
      ],
    )
    assert.deepEqual(lines[2], {
      event: 'completed',
      input: 'a.jpg',
      path: 'a.jpg.png',
      job_id: 'j',
      engine: 'afterimage/local',
      outputs: [{ path: 'a.jpg.png', bytes: 340_000, content_type: 'image/png' }],
      warnings: [WARNING],
      recipe: [{ operation: 'sepia' }],
      ms: 1234,
    })
    assert.deepEqual(lines[5]?.['error'], { code: 'input_unreadable', message: 'it is empty' })
    const counts = { completed: 2, skipped: 1, failed: 1, not_started: 0, cancelled: 1 }
    assert.deepEqual(lines[7], { event: 'waiting', input: 'e.jpg', behind: 2 })
    assert.deepEqual(lines[8], { event: 'cancelled', input: 'e.jpg', job_id: 'e' })
    assert.deepEqual(lines[9], { event: 'summary', ...counts, interrupted: false, ms: 61_500 })
    assert.equal(err.text(), 'afterimage: Stopping\n')
  })
})
