import { AfterimageError } from '../core/errors.ts'
import type { Retirement } from './model.ts'

/**
 * The 410 of a withdrawn model. Its members are those that Krea documents; `error` is a word there, not a sentence,
 * and clients compare it.
 */
export function modelUnavailable(id: string, retirement: Retirement): AfterimageError {
  const { sunsetDate, replacement, migrationUrl } = retirement
  const way = replacement === null ? '' : `; use ${replacement} instead`
  return new AfterimageError('model_unavailable', `${id} was withdrawn on ${sunsetDate}${way}.`, {
    extra: {
      error: 'model_unavailable',
      reason: 'deprecated',
      sunset_date: sunsetDate,
      ...(replacement === null ? {} : { replacement }),
      ...(migrationUrl === null ? {} : { migration_url: migrationUrl }),
    },
  })
}
