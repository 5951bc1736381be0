/** From a parsed request to a response of OpenAI's that draws in the background. */
import type { AdapterRequest, OutgoingCall } from '../../../net/upstream/adapter.ts'
import { jsonBody } from '../../../net/upstream/body.ts'
import type { PreparedImage } from '../../../net/upstream/inputs.ts'
import { unfit } from '../../../net/upstream/inputs.ts'
import { toDataUri } from '../../image-text.ts'
import { sourcesFirst, weightWarnings } from '../../pictures.ts'
import { assertMask, writeDrawing } from '../request.ts'
import type { ResponsesModel } from './models.ts'
import { MAX_BYTES_OF_ALL } from './models.ts'

type InputImage = { type: 'input_image'; image_url: string }

/**
 * The main model is told to draw and nothing else; it may put the prompt into words of its own.
 * @throws AfterimageError for images that are too large together, or a mask that is no PNG
 */
export async function toResponsesCall({
  jobId,
  input,
  model,
  images,
}: AdapterRequest<ResponsesModel>): Promise<OutgoingCall> {
  assertRoom(images)
  const pictures = sourcesFirst(images)
  const drawing = writeDrawing(input, model)
  const body = {
    model: model.mainModel,
    background: true,
    // Said aloud: without it a response is deleted after about ten minutes, which a restart may outlast.
    store: input.options.isStored,
    input: [
      {
        role: 'user',
        content: [{ type: 'input_text', text: input.prompt ?? '' }, ...(await toInputs(pictures))],
      },
    ],
    tools: [
      {
        type: 'image_generation',
        model: model.upstream,
        action: pictures.length === 0 ? 'generate' : 'edit',
        ...drawing.scalars,
        ...(await writeMask(images)),
      },
    ],
    tool_choice: { type: 'image_generation' },
    metadata: { job_id: jobId },
  }
  return {
    path: '/responses',
    body: jsonBody(body),
    warnings: [...drawing.warnings, ...weightWarnings(pictures, 'OpenAI')],
  }
}

/** One after another: sixteen pictures read at once would be in memory twice. */
async function toInputs(pictures: readonly PreparedImage[]): Promise<InputImage[]> {
  const inputs: InputImage[] = []
  for (const picture of pictures) inputs.push({ type: 'input_image', image_url: await toDataUri(picture) })
  return inputs
}

async function writeMask(
  images: readonly PreparedImage[],
): Promise<{ input_image_mask?: { image_url: string } }> {
  const mask = images.find(({ input }) => input.role === 'mask')
  if (mask === undefined) return {}
  assertMask(mask)
  return { input_image_mask: { image_url: await toDataUri(mask) } }
}

function assertRoom(images: readonly PreparedImage[]): void {
  let sum = 0
  for (const image of images) {
    sum += image.bytes
    if (sum > MAX_BYTES_OF_ALL)
      throw unfit(
        image.input,
        `the images up to this one have ${sum} bytes; a response takes at most ${MAX_BYTES_OF_ALL} in all`,
      )
  }
}
