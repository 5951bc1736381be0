/** From the request on the page to a job and its result. */
import type { Job } from '../../../src/sdk/index.ts'
import { compose } from '../request/compose.ts'
import type { Composed } from '../request/compose.ts'
import { takesMask } from '../request/fields.ts'
import { krea } from '../server/client.ts'
import { faultPath, faultText, isOffline, isUnanswered } from '../server/faults.ts'
import type { ModelDetail } from '../server/models.ts'
import { keepJob, loadModel, noteFault, queries } from '../server/queries.ts'
import { recallRequest, rememberRequest } from '../server/request-memory.ts'
import type { RememberedRequest } from '../server/request-memory.ts'
import { exportMask } from '../stage/mask/export-mask.ts'
import { isEmptyMask } from '../stage/mask/strokes.ts'
import { navigate } from '../store/router.ts'
import type { StudioState } from '../store/studio.ts'
import { announce, notify, studio, withdraw } from '../store/studio.ts'
import { keptReference } from './add-pictures.ts'
import { createSubmitKeys } from './submit-keys.ts'
import { track } from './track-jobs.ts'

/** Sends what is set on the page. Pressed twice, it runs once. */
export async function runRequest(): Promise<void> {
  if (studio.get().isSubmitting) return
  studio.set({ isSubmitting: true })
  withdraw('request')
  try {
    await untilUploaded()
    const state = studio.get()
    const model = await loadModel(state.modelId)
    const maskUrl = await uploadMask(model, state)
    const composed = compose(model, { ...state, maskUrl })
    const [missing] = composed.missing
    if (missing !== undefined) return point(missing)
    await submit(composed, toMemory(model, state, composed))
  } catch (error) {
    explain(error)
  } finally {
    studio.set({ isSubmitting: false })
  }
}

/** Run pressed during an upload means: as soon as it is there. */
async function untilUploaded(): Promise<void> {
  const isUploading = (): boolean => studio.get().references.some(({ state }) => state === 'uploading')
  if (!isUploading()) return
  announce('Runs as soon as the picture is uploaded.')
  await new Promise<void>((resolve) => {
    const stop = studio.subscribe(() => {
      if (isUploading()) return
      stop()
      resolve()
    })
  })
}

/** The same request once more, as it was sent then. */
export async function rerun(jobId: string): Promise<void> {
  const request = recallRequest(jobId)
  if (request === null) return void notify({ about: 'request', text: FORGOTTEN })
  try {
    const model = await loadModel(request.model)
    await submit({ path: `${model.category}/${model.id}`, body: { ...request.input } }, request)
  } catch (error) {
    explain(error)
  }
}

/** Takes everything of a job back into the page, to change it and run it again. */
export async function remix(jobId: string): Promise<void> {
  const request = recallRequest(jobId)
  if (request === null) return void notify({ about: 'request', text: FORGOTTEN })
  const work = await workOf(request)
  withdraw('picture')
  studio.set({ ...work, remixOf: jobId, strokes: [], undone: [] })
  navigate({ page: 'studio', jobId: null })
  announce('The request is back in the page. Change it and run it.')
}

/**
 * Opened without any work on the page, as after a reload, a job brings its request along: a picture on the stage that
 * Run does not know of is a riddle. Nothing that somebody has set is replaced.
 */
export async function recallWork(jobId: string): Promise<void> {
  const request = recallRequest(jobId)
  const isUntouched = (): boolean => {
    const { references, prompt, values, extras } = studio.get()
    return (
      references.length === 0 && prompt === '' && ![values, extras].some((set) => Object.keys(set).length > 0)
    )
  }
  if (request === null || !isUntouched()) return
  const work = await workOf(request)
  if (isUntouched()) studio.set(work)
}

export const FORGOTTEN = 'This job was not made in this browser, so what was asked for is not known here.'

/** Of the request whose answer is not known; one page sends one at a time. */
const keys = createSubmitKeys()

async function submit(composed: Pick<Composed, 'path' | 'body'>, request: RememberedRequest): Promise<void> {
  const webhookUrl = studio.get().webhookUrl.trim() || undefined
  const idempotencyKey = keys.keyFor({ ...composed, webhookUrl })
  const job = await krea.generateRaw(composed.path, composed.body, { idempotencyKey, webhookUrl })
  keys.settle()
  rememberRequest(job.job_id, request)
  keepJob(job)
  void queries.invalidateQueries({ queryKey: ['jobs'] })
  navigate({ page: 'studio', jobId: job.job_id })
  announce('The job has started.')
  track(job)
}

async function uploadMask(model: ModelDetail, state: StudioState): Promise<string | null> {
  const [source] = state.references
  const isUsed = takesMask(model.input_schema) && !isEmptyMask(state.strokes)
  if (!isUsed || source === undefined || source.size === null) return null
  const png = await exportMask(state.strokes, source.size, state.tool.feather)
  const asset = await krea.assets.upload(png, {
    filename: 'mask.png',
    description: 'A mask painted in the Studio',
  })
  return asset.image_url
}

function toMemory(
  model: ModelDetail,
  { references, prompt }: StudioState,
  { body }: Composed,
): RememberedRequest {
  const sources = references.flatMap(({ url, name, parentJobId }) =>
    url === null ? [] : [{ url, name, parentJobId }],
  )
  return { model: model.id, input: body, prompt, sources }
}

/** Fields that are controls go back into the controls; pictures and the prompt have their own places. */
async function workOf({ model, input, prompt, sources }: RememberedRequest): Promise<Partial<StudioState>> {
  const { IMAGE_FIELD_NAMES } = await import('../request/image-fields.ts')
  const { prompt: _, afterimage, ...rest } = input
  const { mask_url: __, parent_job_id: ___, ...extras } = (afterimage ?? {}) as Record<string, unknown>
  void loadModel(model)
  const values = Object.fromEntries(Object.entries(rest).filter(([name]) => !IMAGE_FIELD_NAMES.has(name)))
  return { modelId: model, prompt, values, extras, references: sources.map(keptReference) }
}

/** Leads to what is missing instead of refusing in silence. */
function point({ field, text }: Composed['missing'][number]): void {
  announce(text)
  notify({ about: 'request', text })
  document.querySelector<HTMLElement>(field === 'prompt' ? '#prompt' : '#add-picture')?.focus()
}

function explain(error: unknown): void {
  noteFault(error)
  if (isUnanswered(error)) {
    // The server may have taken the job all the same: the history will tell, and the same request keeps its key.
    void queries.invalidateQueries({ queryKey: ['jobs'] })
    if (isOffline(error)) return
  } else keys.settle()
  const path = faultPath(error)
  const action = path === null ? null : { label: 'Show the field', run: () => showField(path) }
  notify({ kind: 'fault', about: 'request', text: faultText(error), action })
}

function showField(path: string): void {
  // A header, unlike all other fields.
  const isWebhook = path.toLowerCase() === 'x-webhook-url'
  const name = isWebhook ? 'webhook' : path.replace(/^afterimage\./u, '').replace(/[.[].*$/u, '')
  if (name === 'prompt') return document.querySelector<HTMLElement>('#prompt')?.focus()
  studio.set({ drawer: 'settings' })
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`#field-${CSS.escape(name)}`)?.focus())
}

/** Ends a pending job; the answer is the truth, whatever it is. */
export async function cancelJob(jobId: string): Promise<void> {
  try {
    const job: Job = await krea.jobs.cancel(jobId)
    keepJob(job)
    if (job.status === 'completed')
      notify({ about: 'request', text: 'It was done before it could be cancelled.' })
  } catch (error) {
    explain(error)
  }
}
