import type { Config } from '../config.ts'
import type { Moderation, Moderator } from '../core/moderation.ts'
import { createModerationCommand } from '../moderation/command.ts'
import { createModerationEndpoint } from '../moderation/endpoint.ts'
import type { Parts } from './parts.ts'

type Settings = Pick<
  Config,
  'moderationUrl' | 'moderationCommand' | 'moderationSecret' | 'moderationTimeoutSeconds'
>
type NamedBy = Pick<Config, 'moderationUrl' | 'moderationCommand' | 'moderationOnFailure'>

/** The moderation that the settings ask for; null when they ask for none. */
export function createModeration({ config, logger }: Pick<Parts, 'config' | 'logger'>): Moderation | null {
  const moderator = moderatorOf(config)
  if (moderator === null) return null
  return {
    moderator,
    isOpenOnFailure: config.moderationOnFailure === 'allow',
    // Nothing of what was asked about: neither prompt nor fields.
    onFailure: (error, { jobId, stage }) =>
      logger.warn({ jobId, stage, fault: faultOf(error) }, 'the moderation did not answer'),
  }
}

function moderatorOf(config: Settings): Moderator | null {
  const { moderationUrl: url, moderationCommand: command, moderationSecret: secret } = config
  const timeoutMs = config.moderationTimeoutSeconds * 1000
  if (url !== null) return createModerationEndpoint({ url, secret, timeoutMs })
  return command === null ? null : createModerationCommand({ command, timeoutMs })
}

function faultOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}

/**
 * Names what decides and what a failure of it means, so that a result that passed under other settings is not taken for
 * one that passed under these. Empty: nothing decides.
 */
export function moderationName({ moderationUrl, moderationCommand, moderationOnFailure }: NamedBy): string {
  const decider = moderationUrl ?? moderationCommand?.join(' ') ?? null
  return decider === null ? '' : `${moderationOnFailure} ${decider}`
}
