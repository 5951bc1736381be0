import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import sharp from 'sharp'
import { photoPath } from '../../test/support/pictures.ts'
import { isCutOff } from './cut-off.ts'

const isCut = (bytes: Buffer): Promise<boolean> =>
  isCutOff({ bytes: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) })

void test('a photograph in each format is whole; half of it, and all but its end, is cut off', async () => {
  const photo = sharp(readFileSync(photoPath('cat'))).resize(640)
  for (const format of ['png', 'jpeg', 'webp'] as const) {
    const whole = await photo.clone().toFormat(format).toBuffer()
    assert.equal(await isCut(whole), false, format)
    assert.equal(await isCut(whole.subarray(0, whole.length / 2)), true, format)
    assert.equal(await isCut(whole.subarray(0, whole.length - 2)), true, format)
  }
})

void test('something small behind the picture does not make it cut off', async () => {
  const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
  for (const format of ['png', 'jpeg', 'webp'] as const) {
    const whole = await picture.clone().toFormat(format).toBuffer()
    assert.equal(await isCut(Buffer.concat([whole, Buffer.from('made by a painter\n')])), false, format)
  }
})

void test('of other files nothing is said', async () => {
  for (const text of ['', 'RIFF', 'GIF89a', '<svg/>', 'RIFF\0\0\0\0WAVE'])
    assert.equal(await isCut(Buffer.from(text)), false, text)
})
