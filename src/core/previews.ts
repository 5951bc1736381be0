/** Whether a job shows unfinished pictures, and why not where it was asked to. */
import type { RequestOptions, Warning } from './job.ts'

export const PREVIEWS_PATH = 'afterimage.previews'

/**
 * `unstored`: nothing of the job is to be kept, and a preview is a file, if a short-lived one.
 * Engines and moderation have their own say.
 */
export function previewsOf({
  arePreviewsWanted = false,
  isStored,
}: Pick<RequestOptions, 'arePreviewsWanted' | 'isStored'>): 'unwanted' | 'unstored' | 'shown' {
  if (!arePreviewsWanted) return 'unwanted'
  return isStored ? 'shown' : 'unstored'
}

/** What the caller is told who asked for previews and gets none, whichever engine runs the job. */
export function previewWarnings(
  options: Pick<RequestOptions, 'arePreviewsWanted' | 'isStored'>,
  { isModerated }: { isModerated: boolean },
): readonly Warning[] {
  const previews = previewsOf(options)
  if (previews === 'unwanted') return []
  if (previews === 'unstored') return [noPreviews('nothing of this job is stored (no_store)')]
  return isModerated ? [noPreviews('the moderation of this server decides about finished pictures only')] : []
}

function noPreviews(reason: string): Warning {
  return { code: 'no_previews', path: PREVIEWS_PATH, message: `There are no previews: ${reason}` }
}
