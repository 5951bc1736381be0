/** The address by which a vendor's job is known to be one of ours. */

/** Below the public address of this server. */
export const UPSTREAM_WEBHOOK_PATH = '/webhooks/upstream'

/**
 * Names a job at its vendor; null where vendors cannot call this server. They take https alone.
 * @param publicUrl without a slash at its end
 */
export function upstreamWebhookUrl(publicUrl: string | null): ((jobId: string) => string) | null {
  if (publicUrl === null || !publicUrl.startsWith('https://')) return null
  return (jobId) => `${publicUrl}${UPSTREAM_WEBHOOK_PATH}/${encodeURIComponent(jobId)}`
}
