import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import type { RunEvent, RunSummary } from './events.ts'
import { createBarsReporter } from './report-bars.ts'

const SUMMARY: RunSummary = {
  completed: 1,
  skipped: 0,
  failed: 1,
  notStarted: 0,
  cancelled: 0,
  ms: 900,
  isInterrupted: false,
}
/** Everything a terminal takes as an order rather than as text. */
// oxlint-disable-next-line no-control-regex
const ORDERS = /\u001B\[[\d;?]*[A-Za-z]/gu

/** A terminal of 100 columns that remembers what it was sent. */
function createTerminal(): { stream: NodeJS.WriteStream; text: () => string } {
  let text = ''
  const stream = new PassThrough()
  stream.on('data', (chunk) => (text += String(chunk)))
  const terminal = Object.assign(stream, { isTTY: true, columns: 100, rows: 40 })
  return { stream: terminal as unknown as NodeJS.WriteStream, text: () => text.replace(ORDERS, '') }
}

function completed(input: string): RunEvent {
  const outputs = [{ path: `${input}.png`, bytes: 5000, contentType: 'image/png' }]
  const warnings = [{ code: 'x', path: 'prompt', message: 'the hat was not added' }]
  return { event: 'completed', input, jobId: 'j', engine: null, outputs, warnings, recipe: [], ms: 400 }
}

void describe('progress bars', () => {
  void test('one a file and one for all; results and warnings below', () => {
    const { stream, text } = createTerminal()
    const { report, close } = createBarsReporter(stream, 2)
    for (const input of ['a.jpg', 'b.jpg']) report({ event: 'started', input, output: 'x', isResumed: false })
    report({ event: 'progress', input: 'b.jpg', stage: 'pencil', percent: 40 })
    report(completed('a.jpg'))
    report({ event: 'failed', input: 'b.jpg', code: 'engine_failed', message: 'no luck', jobId: 'j' })
    close(SUMMARY)
    assert.match(text(), /all 2 files +█+ 100%/u)
    assert.match(text(), /a\.jpg +█+ 100% done/u)
    assert.match(text(), /b\.jpg +█+░+ 40% failed/u)
    const lines = text().trim().split('\n').slice(-4)
    assert.deepEqual(lines, [
      'a.jpg -> a.jpg.png  0.4 s, 5 KB',
      'b.jpg failed: no luck',
      'Note for a.jpg: the hat was not added',
      '1 done, 1 failed in 0.9 s',
    ])
  })

  void test('many files: finished ones are lines, so that the bars stay on the screen', () => {
    const { stream, text } = createTerminal()
    const { report, close } = createBarsReporter(stream, 40)
    for (let number = 1; number <= 40; number += 1) {
      report({ event: 'started', input: `${number}.jpg`, output: 'x', isResumed: false })
      report(completed(`${number}.jpg`))
    }
    close({ ...SUMMARY, completed: 40, failed: 0 })
    assert.equal(text().match(/-> \d+\.jpg\.png/gu)?.length, 40)
    assert.match(
      text(),
      /Note for 1\.jpg, 2\.jpg, 3\.jpg and 37 more: the hat was not added\n40 done in 0\.9 s\n$/u,
    )
  })

  void test('leaves the cursor as it was, also without a summary', () => {
    const { stream } = createTerminal()
    let raw = ''
    stream.on('data', (chunk) => (raw += String(chunk)))
    const { report, close } = createBarsReporter(stream, 1)
    report({ event: 'started', input: 'a.jpg', output: 'x', isResumed: false })
    close(null)
    assert.ok(raw.lastIndexOf('\u001B[?25h') > raw.lastIndexOf('\u001B[?25l'))
  })
})
