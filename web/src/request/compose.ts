/** From what is set on the page to the request, exactly as it is sent and as the Code panel shows it. */
import { choicesOf } from '../server/models.ts'
import type { JsonSchema, ModelDetail } from '../server/models.ts'
import type { Reference, StudioState } from '../store/studio.ts'
import { imageLimit, imageMembers, sourceField } from './image-fields.ts'

export type Draft = Pick<StudioState, 'prompt' | 'references' | 'values' | 'extras' | 'remixOf'> & {
  /** Address of the uploaded mask; null without one. */
  maskUrl: string | null
}

export type Composed = {
  /** Behind `/generate/`: `image/google/nano-banana-pro`. */
  path: string
  body: Record<string, unknown>
  /** What is still missing, in plain words; empty when the request can be sent. */
  missing: { field: 'prompt' | 'image'; text: string }[]
}

export function compose(model: ModelDetail, draft: Draft): Composed {
  const schema = model.input_schema
  const urls = draft.references.flatMap(({ url }) => (url === null ? [] : [url]))
  const own = schema.properties?.['afterimage']
  const extras = withoutUnknown(
    own ?? {},
    withoutEmpty({
      ...draft.extras,
      previews: wantsPreviews(model, draft) || undefined,
      mask_url: draft.maskUrl ?? undefined,
      parent_job_id: parentOf(draft) ?? undefined,
    }),
  )
  const prompt = draft.prompt.trim()
  return {
    path: `${model.category}/${model.id}`,
    body: {
      ...imageMembers(schema, urls.slice(0, imageLimit(schema))),
      ...(prompt === '' || schema.properties?.['prompt'] === undefined ? {} : { prompt }),
      ...withoutUnknown(
        schema,
        withoutEmpty({ ...requiredValues(model, draft.references[0]), ...draft.values }),
      ),
      ...(Object.keys(extras).length === 0 ? {} : { afterimage: extras }),
    },
    missing: missingParts(schema, draft),
  }
}

/**
 * Whoever waits at this page wants to see what comes, unless it was switched off. Not asked where it would only be
 * refused: of an engine that shows none, and of a job that is not stored.
 */
function wantsPreviews({ previews }: ModelDetail, { extras }: Draft): boolean {
  return previews && extras['previews'] !== false && extras['no_store'] !== true
}

/** A changed request goes on from the job that it was taken from; a result as input from the job that made it. */
function parentOf({ remixOf, references }: Draft): string | null {
  return remixOf ?? references.find(({ parentJobId }) => parentJobId !== null)?.parentJobId ?? null
}

/** A picture is asked for even where a model could do without: this page turns pictures into pictures. */
function missingParts(schema: JsonSchema, { prompt, references }: Draft): Composed['missing'] {
  const missing: Composed['missing'] = []
  const source = sourceField(schema)
  const isPromptNeeded = schema.required?.includes('prompt') ?? false
  if (source !== null && references.length === 0 && (isRequired(schema, source.name) || prompt.trim() === ''))
    missing.push({ field: 'image', text: 'Add a picture first' })
  if (references.some(({ state }) => state === 'uploading'))
    missing.push({ field: 'image', text: 'The picture is still being uploaded' })
  if (references.some(({ state }) => state === 'failed'))
    missing.push({ field: 'image', text: 'Remove the picture that could not be used' })
  if (isPromptNeeded && prompt.trim() === '')
    missing.push({ field: 'prompt', text: 'Say what the picture should become' })
  return missing
}

function isRequired(schema: JsonSchema, name: string): boolean {
  return schema.required?.includes(name) ?? false
}

/** Values for what the schema requires: sizes and proportions from the input, otherwise the first that is allowed. */
function requiredValues({ input_schema: schema, operations }: ModelDetail, source: Reference | undefined) {
  const values: Record<string, unknown> = {}
  const size = source?.size ?? { width: 1024, height: 1024 }
  const factor = operations.includes('upscale') || operations.includes('enhance') ? 2 : 1
  const fitted = fitSize(size, { factor, limit: schema.properties?.['width']?.maximum ?? Infinity })
  for (const name of schema.required ?? []) {
    const property = schema.properties?.[name]
    if (name === 'width' || name === 'height') values[name] = fitted[name]
    else if (name === 'aspect_ratio') values[name] = nearestRatio(size, choicesOf(property ?? {}))
    else if (property?.enum !== undefined) values[name] = property.default ?? property.enum[0]
  }
  return values
}

type Size = { width: number; height: number }

function fitSize({ width, height }: Size, { factor, limit }: { factor: number; limit: number }): Size {
  const scale = Math.min(factor, limit / Math.max(width, height))
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}

/** The allowed ratio that is closest to the picture's, by their quotient. */
export function nearestRatio(
  { width, height }: Size,
  choices: readonly (string | number)[],
): string | undefined {
  const wanted = Math.log(width / height)
  const distance = (choice: string | number): number => {
    const [across = 1, down = 1] = String(choice).split(':').map(Number)
    return Math.abs(Math.log(across / down) - wanted)
  }
  const [nearest] = [...choices].sort((a, b) => distance(a) - distance(b))
  return nearest === undefined ? undefined : String(nearest)
}

function withoutEmpty(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''))
}

/** Values of another model stay set while one switches to and fro, but are not sent where they mean nothing. */
function withoutUnknown(schema: JsonSchema, values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => {
      const property = schema.properties?.[name]
      if (property === undefined) return false
      return property.enum === undefined || property.enum.includes(value as string)
    }),
  )
}
