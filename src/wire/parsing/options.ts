/** The `afterimage {…}` object: what this server can do beyond the Krea API. */
import { closeNames } from '../../core/close-names.ts'
import type { ImageSource, OnUnsupported, OutputFormat, RequestOptions } from '../../core/job.ts'
import { ON_UNSUPPORTED, OUTPUT_FORMATS } from '../../core/job.ts'
import type { Issues } from './issues.ts'
import { describe } from './issues.ts'
import { isRecord, own } from './record.ts'
import { checkChoice, checkNumber, otherMembers, wrongType } from './values.ts'

export const EXTENSION = 'afterimage'
export const EXTENSION_MEMBERS = [
  'mask_url',
  'precise_edit',
  'size',
  'output_format',
  'quality',
  'on_unsupported',
  'retention',
  'no_store',
  'previews',
  'parent_job_id',
] as const
type Member = (typeof EXTENSION_MEMBERS)[number]

/** Edges of `size` in pixels. */
export const MAX_EDGE = 32_000
/** A minute to ten years, in seconds. */
export const RETENTION = { min: 60, max: 315_360_000 } as const
const JOB_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu
const SIZE = /^(\d{1,5})\s*[x×]\s*(\d{1,5})$/iu
const MAX_SIZE_TEXT = 20

/** `parentJobId` as it was written: whether the account has such a job is not known here. */
export type ParsedOptions = { options: RequestOptions; mask: ImageSource | null; parentJobId: string | null }

/**
 * @param value what the body holds under `afterimage`; undefined when absent
 * @param fallback `on_unsupported` where the body does not say
 */
export function parseOptions(
  value: unknown,
  { issues, onUnsupported: fallback }: { issues: Issues; onUnsupported: OnUnsupported },
): ParsedOptions {
  if (value !== undefined && value !== null && !isRecord(value))
    wrongType({ path: EXTENSION, issues }, 'an object', value)
  const record = isRecord(value) ? value : {}
  refuseOthers(record, issues)
  const read = <T>(name: Member, check: (value: unknown, context: Place) => T | undefined): T | null => {
    const member = own(record, name)
    if (member === undefined || member === null) return null
    return check(member, { path: `${EXTENSION}.${name}`, issues }) ?? null
  }
  return {
    mask: read('mask_url', checkMask),
    parentJobId: read('parent_job_id', checkJobId),
    options: {
      onUnsupported: read('on_unsupported', checkOnUnsupported) ?? fallback,
      outputFormat: read('output_format', checkFormat),
      quality: read('quality', (quality, place) =>
        checkNumber({ kind: 'integer', min: 1, max: 100 }, quality, place),
      ),
      size: read('size', checkSize),
      isPreciseEdit: read('precise_edit', checkSwitch) ?? false,
      retentionSeconds: read('retention', (seconds, place) =>
        checkNumber({ kind: 'integer', ...RETENTION }, seconds, place),
      ),
      isStored: !(read('no_store', checkSwitch) ?? false),
      arePreviewsWanted: read('previews', checkSwitch) ?? false,
    },
  }
}

type Place = { path: string; issues: Issues }

function refuseOthers(record: Readonly<Record<string, unknown>>, issues: Issues): void {
  for (const name of otherMembers(record, EXTENSION_MEMBERS)) {
    const [near] = closeNames(name, EXTENSION_MEMBERS)
    const hint = near === undefined ? '' : `did you mean ${near}? `
    issues.add(
      `${EXTENSION}.${name}`,
      'unrecognized_key',
      `is not known; ${hint}Allowed: ${EXTENSION_MEMBERS.join(', ')}`,
    )
  }
}

function checkMask(value: unknown, place: Place): ImageSource | undefined {
  if (typeof value !== 'string' || value === '')
    return wrongType(place, 'an image: URL, data URI or base64', value)
  return { role: 'mask', path: place.path, value, strength: null, tag: null }
}

function checkJobId(value: unknown, place: Place): string | undefined {
  if (typeof value === 'string' && JOB_ID.test(value)) return value.toLowerCase()
  return wrongType(place, 'the id of a job, a UUID', value)
}

function checkSwitch(value: unknown, place: Place): boolean | undefined {
  return typeof value === 'boolean' ? value : wrongType(place, 'true or false', value)
}

function checkOnUnsupported(value: unknown, place: Place): OnUnsupported | undefined {
  const chosen = checkChoice(ON_UNSUPPORTED, value, place)
  return ON_UNSUPPORTED.find((known) => known === chosen)
}

function checkFormat(value: unknown, place: Place): OutputFormat | undefined {
  const chosen = checkChoice(OUTPUT_FORMATS, value === 'jpg' ? 'jpeg' : value, place)
  return OUTPUT_FORMATS.find((known) => known === chosen)
}

function checkSize(value: unknown, place: Place): RequestOptions['size'] | undefined {
  const { width, height } = readSize(value)
  const isEdge = (edge: unknown): edge is number =>
    typeof edge === 'number' && Number.isInteger(edge) && edge >= 1 && edge <= MAX_EDGE
  if (isEdge(width) && isEdge(height)) return { width, height }
  return place.issues.add(
    place.path,
    'invalid_value',
    `${describe(value)}; expected "1024x768" or {width, height}, each from 1 to ${MAX_EDGE}`,
  )
}

function readSize(value: unknown): { width?: unknown; height?: unknown } {
  if (isRecord(value)) return { width: own(value, 'width'), height: own(value, 'height') }
  const [, width, height] =
    typeof value === 'string' && value.length <= MAX_SIZE_TEXT ? (SIZE.exec(value) ?? []) : []
  return { width: Number(width), height: Number(height) }
}
