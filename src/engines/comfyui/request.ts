/** From a parsed request to a filled workflow, with its images uploaded. */
import { randomUUID } from 'node:crypto'
import type { GenerateInput, Warning } from '../../core/job.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import { jsonBody } from '../../net/upstream/body.ts'
import type { SizeLimits } from '../../net/upstream/fit-size.ts'
import type { SendFree } from '../../net/upstream/follow.ts'
import { choosePixels } from '../choose-size.ts'
import { followSource } from '../home.ts'
import { sourcesFirst, weightWarnings } from '../pictures.ts'
import { hasHistory } from './answer.ts'
import { FOLDER, uploadAll } from './upload.ts'
import type { SlotValues, Workflow } from './workflow.ts'
import { fillWorkflow } from './workflow.ts'

/** Of the grid that every model's latents have. */
const LIMITS: SizeLimits = { step: 16, minSide: 64, maxSide: 8192 }
/** For results that follow the source: what the models were trained on. */
const NATURAL: SizeLimits = { ...LIMITS, maxPixels: 1_048_576 }

export async function toComfyCall(request: AdapterRequest<Workflow>, send: SendFree): Promise<OutgoingCall> {
  const { jobId, input, model: workflow } = request
  const pictures = sourcesFirst(request.images)
  const mask = request.images.find((image) => image.input.role === 'mask') ?? null
  const names = await uploadAll({ pictures, mask, workflow }, { jobId, send })
  const { values, warnings } = toValues(input, workflow)
  const promptId = await freshId(jobId, send)
  const prompt = fillWorkflow(workflow, { ...values, ...names, output: `${FOLDER}/${jobId}` })
  return {
    path: '/prompt',
    // The client id is the prompt's own, so that one socket hears of one prompt.
    body: jsonBody({ prompt, client_id: promptId, prompt_id: promptId }),
    warnings: [...warnings, ...weightWarnings(pictures, 'the workflow')],
  }
}

/** Our job's own id finds the prompt again after a crash; one that ended badly keeps its id, so another is taken. */
async function freshId(jobId: string, send: SendFree): Promise<string> {
  const path = `/history/${encodeURIComponent(jobId)}`
  return hasHistory(await send({ path }), jobId) ? randomUUID() : jobId
}

function toValues(
  input: GenerateInput,
  workflow: Workflow,
): { values: SlotValues; warnings: readonly Warning[] } {
  const { fields } = input
  const hasSize = workflow.slots.width !== undefined && workflow.slots.height !== undefined
  const { size, warnings } = hasSize ? choosePixels(input, LIMITS) : { size: null, warnings: [] }
  const { width, height } = size ?? followSource(input, NATURAL)
  return {
    values: {
      prompt: input.prompt ?? '',
      negative_prompt: fields.negative_prompt,
      // Always, so that a job which is run again after a crash makes the same picture.
      seed: input.seed,
      steps: fields.steps ?? fields.num_inference_steps,
      guidance: fields.guidance_scale_flux ?? fields.guidance_scale ?? fields.cfg_scale,
      strength: input.strength ?? undefined,
      width,
      height,
      count: input.count === 1 ? undefined : input.count,
    },
    warnings,
  }
}
