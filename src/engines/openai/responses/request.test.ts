import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateInput, inputImage } from '../../../../test/support/requests.ts'
import { upstreamFaultOf } from '../../../core/upstream-fault.ts'
import { toResponsesCall } from './request.ts'

void test('images that are too large together are refused before one of them is read', async () => {
  const picture = (index: number) => ({
    input: inputImage(`image_urls[${index}]`),
    path: '/nowhere',
    bytes: 19_000_000,
    format: 'png' as const,
    size: { width: 8, height: 8 },
  })
  const call = toResponsesCall({
    jobId: 'job',
    input: generateInput(),
    model: { upstream: 'gpt-image-2', quality: null, mainModel: 'm' },
    images: [picture(0), picture(1), picture(2)],
    arePreviewsTaken: false,
  })
  await assert.rejects(call, (error) => {
    const fault = upstreamFaultOf(error)
    assert.deepEqual([fault?.kind, fault?.charged], ['invalid_input', 'no'])
    assert.match(String(error), /image_urls\[2\]: the images up to this one have 57000000 bytes/u)
    return true
  })
})
