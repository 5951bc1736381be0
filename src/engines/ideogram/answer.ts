/** From an answer of Ideogram's API to images, cost or a verdict. */
import { z } from 'zod'
import type { Cost } from '../../core/job.ts'
import type { Reading } from '../../net/upstream/adapter.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'

const FAULT = z.object({ error: z.string() })
const ANSWER = z.object({
  data: z.array(z.object({ url: z.string().nullish(), is_image_safe: z.boolean().nullish() })),
})

/** 422 is a refusal and nothing else here; what is wrong with a request comes as 400. */
export function readIdeogramVerdict({ status, json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  const message = parsed.success ? parsed.data.error : undefined
  return status === 422 ? { kind: 'refused', message } : { message }
}

/**
 * An image that was found unsafe has no address. One that is there beside it is delivered.
 * @param costOf list price of so many images
 */
export function readIdeogramAnswer({ json }: Answer, costOf: (count: number) => Cost | null): Reading {
  const parsed = ANSWER.safeParse(json)
  if (!parsed.success)
    return { verdict: { kind: 'bad_response', message: 'the answer has no list of images' } }
  const { data } = parsed.data
  const images = data.flatMap(({ url }) => (typeof url === 'string' && url !== '' ? [{ url }] : []))
  const unsafe = data.filter((item) => item.is_image_safe === false).length
  // Whether an image that is withheld is billed is not documented.
  if (images.length === 0 && unsafe > 0)
    return { verdict: { kind: 'refused', code: 'is_image_safe', charged: 'maybe' } }
  return { images, cost: costOf(data.length), warnings: unsafe === 0 ? [] : [withheld(unsafe, data.length)] }
}

function withheld(unsafe: number, all: number): { code: string; path: string; message: string } {
  return {
    code: 'result_withheld',
    path: 'count',
    message: `Ideogram withheld ${unsafe} of ${all} images as unsafe`,
  }
}
