/** From answers of AUTOMATIC1111's API to images, progress or a verdict. */
import { z } from 'zod'
import type { Progress } from '../../core/job.ts'
import type { Reading } from '../../net/upstream/adapter.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'

const RESULT = z.union([
  z.object({ images: z.array(z.string().min(1)), info: z.string().optional() }),
  // The upscaler makes one.
  z.object({ image: z.string().min(1) }),
])
const INFO = z.object({ index_of_first_image: z.number().int().min(0).optional() })
const PROGRESS = z.object({
  progress: z.number(),
  eta_relative: z.number(),
  state: z.object({ sampling_step: z.number().optional(), sampling_steps: z.number().optional() }),
})
const COMPLAINT = z.object({
  loc: z.array(z.union([z.string(), z.number()])).optional(),
  msg: z.string().optional(),
  type: z.string().optional(),
})
const FAULT = z.object({
  error: z.string().optional(),
  detail: z.union([z.string(), z.array(COMPLAINT)]).optional(),
  errors: z.string().optional(),
})

export function readA1111Verdict({ json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  if (!parsed.success) return null
  const { error, detail, errors } = parsed.data
  if (Array.isArray(detail))
    return { code: detail[0]?.type, param: detail[0]?.loc?.at(-1), message: detail[0]?.msg }
  return { code: error, message: errors ?? detail }
}

export function readA1111Answer({ json }: Answer): Reading {
  const parsed = RESULT.safeParse(json)
  if (!parsed.success)
    return { verdict: { kind: 'bad_response', message: 'the answer has another form than documented' } }
  const images = 'image' in parsed.data ? [parsed.data.image] : withoutGrid(parsed.data)
  return { images: images.map(toImage), cost: null }
}

/** Null while nothing runs. */
export function readA1111Progress({ json }: Answer): Progress | null {
  const parsed = PROGRESS.safeParse(json)
  if (!parsed.success || parsed.data.progress <= 0) return null
  const { progress, eta_relative: eta, state } = parsed.data
  const { sampling_step: step, sampling_steps: steps } = state
  return {
    stage: step === undefined || steps === undefined ? 'sampling' : `step ${step} of ${steps}`,
    percent: Math.min(100, Math.round(progress * 100)),
    etaMs: eta > 0 ? Math.round(eta * 1000) : null,
  }
}

/** Several images may come with an overview before them. */
function withoutGrid({ images, info }: { images: string[]; info?: string | undefined }): string[] {
  try {
    return images.slice(INFO.parse(JSON.parse(info ?? '{}')).index_of_first_image ?? 0)
  } catch {
    return images
  }
}

/** Some versions answer with data URIs. */
function toImage(text: string): { base64: string } {
  return { base64: text.replace(/^data:[\w/+.-]+;base64,/u, '') }
}
