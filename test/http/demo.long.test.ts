/** `npm run demo` from a clean start, and what it says when it cannot. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { runProgram } from '../support/run-program.ts'

const DEMO = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url))
const RESULTS = ['golden-hour.png', 'pencil.png', 'rug.png', 'upscale.png', 'watercolour.png']

void describe('demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-demo-test-'))
  after(() => rmSync(folder, { recursive: true }))

  void test('writes five results and a sheet, prints a table, ends with 0', async () => {
    const out = join(folder, 'out')
    const { code, output } = await runProgram([process.execPath, DEMO, '--out', out], { timeoutMs: 110_000 })
    assert.equal(code, 0, output)
    assert.deepEqual(readdirSync(out).sort(), ['contact-sheet.png', ...RESULTS].sort())
    assert.match(output, /Warm pencil sketch +afterimage\/\S+ +[\d.]+ s +1024 x 768/u)
    assert.match(output, /Detail enlarged 4 times +afterimage\/\S+ +[\d.]+ s +640 x 480/u)
    const { width, height } = await sharp(join(out, 'golden-hour.png')).metadata()
    assert.ok(Math.abs(width / height - 16 / 9) < 0.01, `${width} x ${height}`)
    assert.equal((await sharp(join(out, 'contact-sheet.png')).metadata()).width, 1536)
    // Five edits that look alike would be no demo.
    const averages = await Promise.all(RESULTS.map((name) => averageColour(join(out, name))))
    assert.equal(new Set(averages).size, RESULTS.length)
  })

  void test('a folder that cannot be written ends with 1 and the reason', async () => {
    writeFileSync(join(folder, 'file'), '')
    const out = join(folder, 'file', 'inside')
    const { code, output } = await runProgram([process.execPath, DEMO, '--out', out], { timeoutMs: 110_000 })
    assert.equal(code, 1)
    assert.match(output, /The demo failed: .*ENOTDIR/u)
  })
})

async function averageColour(path: string): Promise<string> {
  const { channels } = await sharp(path).stats()
  return channels.map(({ mean }) => Math.round(mean)).join(',')
}
